package im.hongyan.relation.black;

import im.hongyan.relation.outbox.Notes;
import java.util.List;

/** Proves that the fake keeps the promises of the real store. */
class FakeBlackStoreTest extends BlackStoreContract {
  private final FakeBlackStore store = new FakeBlackStore();

  @Override
  protected BlackStore store() {
    return store;
  }

  @Override
  protected List<String> told(String conversationId) {
    return store.told().stream().map(each -> Notes.text(each.message())).toList();
  }
}
