package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.MessageSearch.Cursor;
import im.hongyan.messagelog.search.MessageSearch.FactSearch;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.SearchStoreContract;
import im.hongyan.testkit.stores.QueryPlans;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves the contract on MySQL, and what its segments alone have. */
class SearchStoreContractIT extends SearchStoreContract {
  @Override
  protected void clear() {
    // Its tables are emptied by the contract.
  }

  @Override
  protected SearchStore newStore() {
    return new MySqlSearchStore(mysql);
  }

  @Override
  protected MessageSearch newSearch() {
    return new MySqlMessageSearch(mysql, LANES);
  }

  @Override
  protected void checkTidied() {
    int segments =
        mysql
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery("SELECT COUNT(*) FROM search_segment")
                    .mapTo(Integer.class)
                    .one());
    assertThat(segments).isLessThan(LANES * 24);
    int orphans =
        mysql
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery(
                        "SELECT COUNT(*) FROM search_block b LEFT JOIN search_segment s"
                            + " ON s.lane = b.lane AND s.segment = b.segment"
                            + " WHERE s.lane IS NULL OR s.state <> 1")
                    .mapTo(Integer.class)
                    .one());
    assertThat(orphans).isZero();
  }

  @Test
  void aSegmentIsForgottenWhenNobodyMayReadWhatItHolds() {
    int lane = lane("si_a_b");
    String beside =
        CONVERSATIONS.stream()
            .filter(id -> !id.equals("si_a_b") && lane(id) == lane)
            .findFirst()
            .orElseThrow();
    append(lane, List.of(message("si_a_b", "a", "old"), message(beside, "a", "old")), List.of());
    append(lane, List.of(message("si_a_b", "a", "new")), List.of());
    long after = clock / 3 + 1;
    assertThat(store.forget(lane, after)).as("all of it can be read").isFalse();
    first("si_a_b", 2);
    assertThat(store.forget(lane, after)).as("one of it can be read").isFalse();
    first(beside, 2);
    assertThat(store.forget(lane, sent.getFirst().sentMillis())).as("it is young").isFalse();
    assertThat(store.forget(lane, after)).isTrue();
    assertThat(store.forget(lane, after)).as("the other one can be read").isFalse();
    while (store.tidy(lane)) {
      // remove
    }
    assertThat(all(words(List.of("old"), null, Cursor.START, 10))).isEmpty();
    assertThat(all(words(List.of("new"), null, Cursor.START, 10))).containsExactly("si_a_b#2");
  }

  /** No question reads a whole table or index. */
  @Test
  void everyStatementHasAnIndex() {
    int lane = lane("sg_g1");
    for (int i = 0; i < 30; i++) {
      append(lane, List.of(message("sg_g1", "a", "common word " + i)), List.of());
    }
    try (QueryPlans plans = QueryPlans.watch(mysql.jdbi(), List.of())) {
      while (store.tidy(lane)) {
        // merge
      }
      all(words(List.of("common", "word"), null, Cursor.START, 5));
      all(words(List.of("common"), List.of("sg_g1", "si_a_b"), Cursor.START, 5));
      search.facts(new FactSearch("a", "g1", 101, true, 0, Long.MAX_VALUE, 0, 10));
      search.facts(new FactSearch("", "", 0, null, 0, Long.MAX_VALUE, 0, 10));
      store.forget(lane, Long.MAX_VALUE);
      store.rebuild(lane);
      store.position(lane);
      new MySqlHistoryPages(mysql).messages("sg_g1", 0, 100);
      new MySqlHistoryPages(mysql).conversations("sg_g1", 100);
      assertThat(plans.explained()).hasSizeGreaterThan(8);
      assertThat(plans.offences()).isEmpty();
    }
  }
}
