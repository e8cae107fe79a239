package im.hongyan.drivers.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFinalMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFirstMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ServerFinalMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ServerFirstMessage;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of SCRAM as a client (RFC 5802), over Kafka's own messages: it proves the password
 * and asks the server for a proof that it knows it too. Used by one thread.
 */
final class ScramClient implements SaslClient {
  private static final byte[] NO_CHANNEL_BINDING = "n,,".getBytes(StandardCharsets.UTF_8);

  private enum Awaits {
    NOTHING_YET,
    SERVER_FIRST,
    SERVER_FINAL,
    NO_MORE
  }

  private final ScramMechanism mechanism;
  private final CallbackHandler login;
  private final ScramFormatter formatter;
  private Awaits awaits = Awaits.NOTHING_YET;
  private boolean complete;
  private @Nullable ClientFirstMessage clientFirst;
  private byte[] serverSignature = {};

  ScramClient(ScramMechanism mechanism, CallbackHandler login) throws NoSuchAlgorithmException {
    this.mechanism = mechanism;
    this.login = login;
    formatter = new ScramFormatter(mechanism);
  }

  @Override
  public String getMechanismName() {
    return mechanism.mechanismName();
  }

  @Override
  public boolean hasInitialResponse() {
    return true;
  }

  @Override
  public byte @Nullable [] evaluateChallenge(byte[] challenge) throws SaslException {
    Awaits now = awaits;
    awaits = Awaits.NO_MORE;
    return switch (now) {
      case NOTHING_YET -> first();
      case SERVER_FIRST -> proof(new ServerFirstMessage(challenge));
      case SERVER_FINAL -> {
        verify(new ServerFinalMessage(challenge));
        yield null;
      }
      case NO_MORE -> throw new IllegalSaslStateException("the exchange is over");
    };
  }

  private byte[] first() throws SaslException {
    NameCallback name = new NameCallback("name");
    ask(name);
    ClientFirstMessage message =
        new ClientFirstMessage(
            ScramFormatter.saslName(Objects.requireNonNull(name.getName())),
            formatter.secureRandomString(),
            Map.of());
    clientFirst = message;
    awaits = Awaits.SERVER_FIRST;
    return message.toBytes();
  }

  private byte[] proof(ServerFirstMessage serverFirst) throws SaslException {
    ClientFirstMessage first = Objects.requireNonNull(clientFirst);
    if (!serverFirst.nonce().startsWith(first.nonce())) {
      throw new SaslException("the server's nonce does not begin with the client's");
    }
    if (serverFirst.iterations() < mechanism.minIterations()
        || serverFirst.iterations() > mechanism.maxIterations()) {
      throw new SaslException("the server asks for " + serverFirst.iterations() + " iterations");
    }
    PasswordCallback password = new PasswordCallback("password", false);
    ask(password);
    byte[] salted =
        ScramClients.saltedPassword(
            mechanism, password.getPassword(), serverFirst.salt(), serverFirst.iterations());
    password.clearPassword();
    ClientFinalMessage message = new ClientFinalMessage(NO_CHANNEL_BINDING, serverFirst.nonce());
    try {
      message.proof(formatter.clientProof(salted, first, serverFirst, message));
      serverSignature =
          formatter.serverSignature(formatter.serverKey(salted), first, serverFirst, message);
    } catch (InvalidKeyException e) {
      throw new SaslException("the proof cannot be made", e);
    }
    awaits = Awaits.SERVER_FINAL;
    return message.toBytes();
  }

  private void verify(ServerFinalMessage serverFinal) throws SaslException {
    if (serverFinal.error() != null) {
      throw new SaslException("the server refuses the login: " + serverFinal.error());
    }
    if (!MessageDigest.isEqual(serverSignature, serverFinal.serverSignature())) {
      throw new SaslException("the server does not know the password");
    }
    complete = true;
  }

  private void ask(Callback callback) throws SaslException {
    try {
      login.handle(new Callback[] {callback});
    } catch (IOException | UnsupportedCallbackException e) {
      throw new SaslException("the login is not known", e);
    }
  }

  @Override
  public boolean isComplete() {
    return complete;
  }

  @Override
  public byte[] unwrap(byte[] incoming, int offset, int length) {
    throw new IllegalStateException("SCRAM protects no data");
  }

  @Override
  public byte[] wrap(byte[] outgoing, int offset, int length) {
    throw new IllegalStateException("SCRAM protects no data");
  }

  @Override
  public @Nullable Object getNegotiatedProperty(String name) {
    return null;
  }

  @Override
  public void dispose() {}
}
