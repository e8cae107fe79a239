package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.wire.error.ImException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that another user of the machine, who reaches the ports of {@code run} but cannot read its
 * data folder, neither reads nor forges what the stores in its JVM hold.
 */
@ExtendWith(SharedSystem.class)
class StorePasswordsE2E {
  private static final short METADATA = 3;

  private static Settings settings(Kind kind, RunningSystem running) throws IOException {
    return Settings.load(
        Path.of("none.yml"), Map.of(), EmbeddedStores.settings(kind, running.data()).orElseThrow());
  }

  private static int port(RunningSystem running, String store) throws IOException {
    return Integer.parseInt(Files.readString(running.data().resolve("ports/" + store)).strip());
  }

  @Test
  void kafkaAndItsControllerOpenToThePasswordOfTheFolderAlone(RunningSystem running)
      throws Exception {
    KafkaConfig config = KafkaConfig.from(settings(Kind.KAFKA, running));
    for (String place : List.of("bootstrap.servers", "bootstrap.controllers")) {
      Properties owner = config.clientProperties();
      String store = place.endsWith("servers") ? "kafka" : "kafka-controller";
      owner.remove("bootstrap.servers");
      owner.put(place, "127.0.0.1:" + port(running, store));
      try (Admin admin = Admin.create(owner)) {
        assertThat(admin.describeCluster().nodes().get()).as(place).hasSize(1);
      }
      Properties guess = new Properties();
      guess.putAll(owner);
      guess.computeIfPresent(
          "sasl.jaas.config",
          (key, login) -> login.toString().replaceFirst("password=\"[^\"]*", "password=\"guess"));
      try (Admin admin = Admin.create(guess)) {
        assertThatExceptionOfType(ExecutionException.class)
            .as(place)
            .isThrownBy(() -> admin.describeCluster().nodes().get())
            .withCauseInstanceOf(SaslAuthenticationException.class)
            .withMessageContaining("invalid credentials");
      }
    }
  }

  /** A request that every broker without passwords answers. */
  @Test
  void kafkaAnswersNobodyWhoDoesNotLogIn(RunningSystem running) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(running, "kafka"))) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(14);
      out.writeShort(METADATA);
      out.writeShort(1);
      out.writeInt(7);
      out.writeShort(0);
      out.writeInt(-1);
      assertThat(answers(socket)).isFalse();
    }
  }

  private static boolean answers(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketException reset) {
      return false;
    }
  }

  @Test
  void aRefusedLoginIsNamedWithItsSetting(RunningSystem running) throws IOException {
    Settings kafka = settings(Kind.KAFKA, running);
    Settings guessed =
        Settings.load(
            Path.of("none.yml"),
            Map.of(),
            Map.of(
                "kafka.address", kafka.text("kafka.address", ""),
                "kafka.username", kafka.text("kafka.username", ""),
                "kafka.saslMechanism", kafka.text("kafka.saslMechanism", ""),
                "kafka.password", "guess"));
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> Topics.create(KafkaConfig.from(guessed)))
        .withMessageContainingAll("Authentication failed", "set kafka.username, kafka.password");

    String uri = settings(Kind.MONGO, running).text("mongo.uri", "");
    String open = uri.replaceFirst("//.*@", "//").replaceFirst("[?].*", "");
    for (String wrong : List.of(open, uri.replaceFirst(":[0-9a-f]{48}@", ":guess@"))) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> Mongo.open(new Secret(wrong), "hongyan"))
          .withMessageContaining("refuses the user and password of mongo.uri")
          .withMessageNotContaining("guess");
    }
    Mongo.open(new Secret(uri), "hongyan").close();
  }
}
