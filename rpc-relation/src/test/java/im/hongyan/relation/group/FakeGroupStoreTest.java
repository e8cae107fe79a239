package im.hongyan.relation.group;

import im.hongyan.relation.outbox.Notes;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Proves that the fake keeps the promises of the real store. */
class FakeGroupStoreTest extends GroupStoreContract {
  private final FakeGroupStore store = new FakeGroupStore();

  @Override
  protected GroupStore store() {
    return store;
  }

  @Override
  protected GroupViewStore views() {
    return store;
  }

  @Override
  protected List<String> told(String conversationId) {
    return store.told().stream()
        .filter(each -> each.conversationId().equals(conversationId))
        .map(each -> Notes.text(each.message()))
        .toList();
  }

  @Override
  protected Map<String, String> requests(String groupId) {
    return store.requests().stream()
        .filter(request -> request.groupId().equals(groupId))
        .collect(Collectors.toMap(JoinRequest::userId, JoinRequest::inviterUserId));
  }

  @Override
  protected void dismiss(String groupId) {
    store.dismiss(groupId);
  }
}
