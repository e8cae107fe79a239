package im.hongyan.relation.group;

import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;

/** Hooks that write down how they are called, and refuse what they are told to refuse. */
final class RecordedGroupHooks implements GroupHooks {
  private static final int HOOKS_OWN_CODE = 5_000;

  private final List<String> calls = new ArrayList<>();
  private String refused = "";

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** Refuses the calls of one hook from now on. */
  synchronized void refuse(String hook) {
    refused = hook;
  }

  private synchronized void called(String hook, String arguments) {
    calls.add(hook + " " + arguments);
    if (hook.equals(refused)) {
      throw new ImException(HOOKS_OWN_CODE, "refused", "no", null);
    }
  }

  @Override
  public void beforeCreateGroup(String groupId, String ownerUserId, List<String> memberUserIds) {
    called("beforeCreate", groupId + " " + ownerUserId + " " + memberUserIds);
  }

  @Override
  public void afterCreateGroup(String groupId, String ownerUserId, List<String> memberUserIds) {
    called("afterCreate", groupId + " " + ownerUserId + " " + memberUserIds);
  }

  @Override
  public void beforeInviteUserToGroup(String groupId, List<String> userIds, String reason) {
    called("beforeInvite", groupId + " " + userIds + " " + reason);
  }

  @Override
  public void beforeMembersJoinGroup(String groupId, List<String> userIds) {
    called("beforeMembersJoin", groupId + " " + userIds);
  }
}
