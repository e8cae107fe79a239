package im.hongyan.messagelog.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.kit.config.Secret;
import im.hongyan.messagelog.mysql.MySqlSearchStore;
import im.hongyan.messagelog.mysql.SearchLanes;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.MessageSearch.Cursor;
import im.hongyan.messagelog.search.MessageSearch.FactSearch;
import im.hongyan.messagelog.search.OpenSearchConfig;
import im.hongyan.messagelog.search.SearchBatch;
import im.hongyan.messagelog.search.SearchBatch.Erased;
import im.hongyan.messagelog.search.SearchBatch.Message;
import im.hongyan.messagelog.search.SearchEngineException;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.SearchStore.Rebuild;
import im.hongyan.messagelog.search.SearchStoreContract;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.opensearch.OpenSearchServer;
import im.hongyan.wire.error.ImError;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Proves the contract on a real OpenSearch server, and what that engine alone has. */
class OpenSearchStoreContractIT extends SearchStoreContract {
  private static OpenSearchServer server;
  private static OpenSearchConfig config;
  private static OpenSearch client;

  @BeforeAll
  static void startServer() {
    server = OpenSearchServer.start();
    config =
        new OpenSearchConfig(
            List.of(server.address()),
            "",
            new Secret(""),
            "test",
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            1 << 16);
    client = OpenSearch.open(config);
  }

  @AfterAll
  static void stopServer() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected void clear() {
    for (String index : client.find("GET", "/test-*/_alias").keySet()) {
      client.call("DELETE", "/" + index, Map.of(), null);
    }
  }

  @Override
  protected SearchStore newStore() {
    return new OpenSearchStore(client, config, new SearchLanes(mysql));
  }

  @Override
  protected MessageSearch newSearch() {
    MessageSearch search = new OpenSearchMessageSearch(client, config, new SearchLanes(mysql));
    return new MessageSearch() {
      @Override
      public FoundPage words(WordSearch asked) {
        refresh();
        return search.words(asked);
      }

      @Override
      public Listed facts(FactSearch asked) {
        refresh();
        return search.facts(asked);
      }
    };
  }

  /** The engine shows what it took within a second; tests do not wait for that. */
  private static void refresh() {
    client.call("POST", "/test-*/_refresh", Map.of(), null);
  }

  private static Set<String> indices() {
    return client.find("GET", "/test-*/_alias").keySet();
  }

  private static FactSearch everything(long skip, int most) {
    return new FactSearch("", "", 0, null, 0, Long.MAX_VALUE, skip, most);
  }

  /** What is searched goes on being searched while a lane is built anew, then it is gone. */
  @Test
  void theOldIndexIsSearchedUntilTheNewOneIsFilled() {
    int lane = lane("si_a_b");
    append(lane, List.of(message("si_a_b", "a", "old")), List.of());
    store.restart(lane, "1/2", FollowerPosition.newBuilder().setOffset(500).build());
    assertThat(all(words(List.of("old"), null, Cursor.START, 10))).containsExactly("si_a_b#1");
    assertThat(indices()).hasSize(LANES + 1);
    // Another process begins anew, and the half-built index goes.
    store = newStore();
    store.restart(lane, "1/3", FollowerPosition.newBuilder().setOffset(500).build());
    assertThat(indices()).hasSize(LANES + 1);
    SearchBatch history = new SearchBatch(List.of(message("si_a_b", "a", "new")), List.of(), clock);
    store.fill(lane, new Rebuild("1/3", "si_a_b", 2, true), history);
    assertThat(all(words(List.of("old"), null, Cursor.START, 10))).isEmpty();
    assertThat(all(words(List.of("new"), null, Cursor.START, 10))).containsExactly("si_a_b#2");
    assertThat(indices()).hasSize(LANES);
  }

  /** A batch of which a part was written before a death is written whole by the next follower. */
  @Test
  void aBatchThatWasWrittenWithoutItsPositionIsWrittenAgain() {
    int lane = lane("sg_g1");
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      messages.add(message("sg_g1", "a", "snow " + i));
    }
    SearchStore dying = newStore();
    SearchBatch half = new SearchBatch(messages.subList(0, 150), List.of(), clock);
    dying.append(lane, -1, FollowerPosition.newBuilder().setOffset(9).build(), half);
    new SearchLanes(mysql)
        .move(lane, 9, FollowerPosition.newBuilder().setOffset(-1).build(), () -> {});
    assertThat(append(lane, messages, List.of(new Erased("sg_g1", 7)))).isTrue();
    assertThat(search.facts(everything(0, 0)).total()).isEqualTo(299);
    assertThat(all(words(List.of("snow"), null, Cursor.START, 100))).hasSize(299);
  }

  /** Nothing moves on when the engine does not take a batch, and none of its indices comes back. */
  @Test
  void whatIsNotTakenIsNotPassedOver() {
    int lane = lane("sg_g1");
    append(lane, List.of(message("sg_g1", "a", "snow")), List.of());
    clear();
    Message next = message("sg_g1", "a", "snow");
    assertThatExceptionOfType(SearchEngineException.class)
        .isThrownBy(() -> append(lane, List.of(next), List.of()))
        .satisfies(failure -> {
          assertThat(failure.code()).isEqualTo(ImError.INTERNAL.code());
          assertThat(failure.detail()).isEqualTo("search is not available now");
        });
    assertThat(store.position(lane).getOffset()).isEqualTo(9);
    assertThat(indices()).isEmpty();
    assertThat(store.rebuild(lane)).as("to be built anew").isEqualTo(new Rebuild("", "", 0, false));
    assertThat(all(words(List.of("snow"), null, Cursor.START, 10))).isEmpty();
    assertThat(search.facts(everything(0, 10)).found()).isEmpty();
  }

  /** Each engine sees that the other one wrote, and builds its own index. */
  @Test
  void anotherEngineBuildsAnew() {
    SearchStore other = new MySqlSearchStore(mysql);
    assertThat(other.rebuild(0).format()).isNotEqualTo("1/1");
    other.restart(0, "1/1", FollowerPosition.newBuilder().setOffset(3).build());
    assertThat(other.rebuild(0).format()).isEqualTo("1/1");
    assertThat(newStore().rebuild(0).format()).isEmpty();
    other.restart(0, "1/1", FollowerPosition.newBuilder().setOffset(-1).build());
  }

  /** A page behind the engine's first 10,000 places. */
  @Test
  void listsGoFurtherThanOnePageOfTheEngine() {
    int lane = lane("sg_g1");
    for (int batch = 0; batch < 6; batch++) {
      List<Message> messages = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        messages.add(message("sg_g1", "a", ""));
      }
      append(lane, messages, List.of());
    }
    var listed = search.facts(everything(11_990, 20));
    assertThat(listed.total()).isEqualTo(12_000);
    assertThat(listed.found().stream().map(MessageSearch.Found::seq).toList())
        .containsExactly(
            11_991L, 11_992L, 11_993L, 11_994L, 11_995L, 11_996L, 11_997L, 11_998L, 11_999L,
            12_000L);
    assertThat(search.facts(everything(9_995, 10)).found())
        .extracting(MessageSearch.Found::seq)
        .startsWith(9_996L)
        .endsWith(10_005L);
  }

  /** No dynamic fields, no words in what the server gives back. */
  @Test
  void theMappingIsExplicit() {
    int lane = lane("sg_g1");
    append(lane, List.of(message("sg_g1", "a", "secret words")), List.of());
    refresh();
    JsonObject hits =
        client.call("POST", "/test-messages/_search", Map.of(), JsonObject.EMPTY_JSON_OBJECT);
    assertThat(hits.toString()).contains("\"sender\":\"a\"").doesNotContain("secret");
    String index = indices().iterator().next();
    assertThatExceptionOfType(SearchEngineException.class)
        .isThrownBy(() ->
            client.call(
                "POST",
                "/" + index + "/_doc",
                Map.of(),
                OpenSearch.JSON.createObjectBuilder().add("other", 1).build()));
  }
}
