package im.hongyan.drivers.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Proves our client of SCRAM against Kafka's own server of it. */
class ScramClientTest {
  private static final String PASSWORD = "päss, wörd=1";

  @BeforeAll
  static void install() {
    ScramClients.install();
    ScramClients.install();
  }

  private static SaslClient client(ScramMechanism mechanism, String password) throws SaslException {
    CallbackHandler login =
        callbacks -> {
          for (Callback callback : callbacks) {
            switch (callback) {
              case NameCallback name -> name.setName("a,b=c");
              case PasswordCallback secret -> secret.setPassword(password.toCharArray());
              default -> throw new AssertionError(callback);
            }
          }
        };
    return Objects.requireNonNull(
        Sasl.createSaslClient(
            new String[] {mechanism.mechanismName()}, null, "kafka", "a", Map.of(), login));
  }

  private static ScramSaslServer server(ScramMechanism mechanism, String password)
      throws Exception {
    var credential = new ScramFormatter(mechanism).generateCredential(password, 4_096);
    return new ScramSaslServer(
        mechanism,
        Map.of(),
        callbacks -> {
          for (Callback callback : callbacks) {
            if (callback instanceof ScramCredentialCallback wanted) {
              wanted.scramCredential(credential);
            }
          }
        });
  }

  @Test
  void bothSidesProveThatTheyKnowThePassword() throws Exception {
    for (ScramMechanism mechanism : ScramMechanism.values()) {
      ScramSaslServer server = server(mechanism, PASSWORD);
      SaslClient client = client(mechanism, PASSWORD);
      assertThat(client).isInstanceOf(ScramClient.class);
      byte[] serverFirst = server.evaluateResponse(client.evaluateChallenge(new byte[0]));
      byte[] serverFinal = server.evaluateResponse(client.evaluateChallenge(serverFirst));
      assertThat(server.isComplete()).isTrue();
      assertThat(client.isComplete()).isFalse();
      client.evaluateChallenge(serverFinal);
      assertThat(client.isComplete()).isTrue();
      assertThat(server.getAuthorizationID()).isEqualTo("a,b=c");
    }
  }

  @Test
  void aWrongPasswordIsRefusedByTheServer() throws Exception {
    ScramSaslServer server = server(ScramMechanism.SCRAM_SHA_256, PASSWORD);
    SaslClient client = client(ScramMechanism.SCRAM_SHA_256, "guess");
    byte[] serverFirst = server.evaluateResponse(client.evaluateChallenge(new byte[0]));
    byte[] proof = client.evaluateChallenge(serverFirst);
    assertThatExceptionOfType(SaslException.class).isThrownBy(() -> server.evaluateResponse(proof));
    assertThat(server.isComplete()).isFalse();
  }

  /** One that took the port while the broker was away. */
  @Test
  void aServerThatDoesNotKnowThePasswordIsRefused() throws Exception {
    for (String last : new String[] {"v=Z3Vlc3M=", "e=other-error"}) {
      ScramSaslServer server = server(ScramMechanism.SCRAM_SHA_256, PASSWORD);
      SaslClient client = client(ScramMechanism.SCRAM_SHA_256, PASSWORD);
      client.evaluateChallenge(server.evaluateResponse(client.evaluateChallenge(new byte[0])));
      assertThatExceptionOfType(SaslException.class)
          .as(last)
          .isThrownBy(() -> client.evaluateChallenge(last.getBytes(StandardCharsets.UTF_8)));
      assertThat(client.isComplete()).isFalse();
    }
    for (String first :
        new String[] {
          "r=other,s=c2FsdA==,i=4096", "r=%s,s=c2FsdA==,i=1", "r=%s,s=c2FsdA==,i=999999"
        }) {
      SaslClient client = client(ScramMechanism.SCRAM_SHA_256, PASSWORD);
      String said = new String(client.evaluateChallenge(new byte[0]), StandardCharsets.UTF_8);
      String nonce = said.substring(said.indexOf("r=") + 2);
      assertThatExceptionOfType(SaslException.class)
          .as(first)
          .isThrownBy(() ->
              client.evaluateChallenge(first.formatted(nonce).getBytes(StandardCharsets.UTF_8)));
    }
  }
}
