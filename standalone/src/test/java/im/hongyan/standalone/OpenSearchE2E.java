package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.testkit.net.Link;
import im.hongyan.testkit.opensearch.OpenSearchServer;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves with a real OpenSearch server what {@link SearchE2E} proves with MySQL, and that nothing
 * but search stops while it is away.
 */
class OpenSearchE2E extends SearchE2E {
  private static OpenSearchServer server;
  private static Link link;

  @BeforeAll
  static void start() {
    server = OpenSearchServer.start();
    link = new Link("127.0.0.1", server.address().getPort());
    running =
        OwnSystem.start(
            Map.of(
                "search.engine",
                "opensearch",
                "search.opensearch.addresses",
                "http://127.0.0.1:" + link.port()));
    system = running.address();
    rest = new RestCalls(system);
  }

  @AfterAll
  static void stop() {
    SearchE2E.stop();
    link.close();
    server.close();
  }

  @Test
  void nothingButSearchStopsWhileTheEngineIsAway() {
    try (ChatPair pair = ChatPair.talking(running, 0)) {
      TestUser alice = pair.alice();
      TestUser bob = pair.bob();
      String word = unique("egret");
      alice.send(alice.text(bob.id(), word + " before"));
      finds(bob, word, 1L);
      link.cut();
      try {
        assertThatExceptionOfType(ImException.class)
            .isThrownBy(() -> seqs(bob.id(), word))
            .satisfies(failure -> {
              assertThat(failure.code()).isEqualTo(ImError.INTERNAL.code());
              assertThat(failure.detail()).isEqualTo("search is not available now");
            });
        alice.send(alice.text(bob.id(), word + " meanwhile"));
        eventually(() ->
            assertThat(alice.pull(pair.conversation(), 1, 10))
                .extracting(message -> message.getContent().toStringUtf8())
                .anyMatch(content -> content.contains("meanwhile")));
      } finally {
        link.mend();
      }
      finds(bob, word, 2L, 1L);
    }
  }
}
