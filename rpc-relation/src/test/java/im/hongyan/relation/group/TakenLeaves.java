package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.MemberKickedTips;
import im.hongyan.proto.sdkws.MemberQuitTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.message.ContentType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes a group's notifications as the log does: in the order of the outbox, some time after their
 * change. A notice of leaving bounds what its users read where they have not joined since
 * (docs/sequencing.md, Membership windows). Used by one thread.
 */
final class TakenLeaves {
  private static final Pattern VERSION = Pattern.compile("groupMemberVersion\\\\\":(\\d+)");

  private final RelationDatabase database;
  private final String group;
  private final Map<String, Long> lastLeaves = new HashMap<>();
  private final List<Long> versions = new ArrayList<>();
  private long seq;

  TakenLeaves(RelationDatabase database, String group) {
    this.database = database;
    this.group = group;
  }

  /** Takes what waits. */
  void take() {
    List<MsgData> all = database.notifications("n_" + group);
    all.subList((int) seq, all.size()).forEach(this::take);
  }

  private void take(MsgData message) {
    seq++;
    Matcher version = VERSION.matcher(message.getContent().toStringUtf8());
    if (version.find()) {
      versions.add(Long.parseLong(version.group(1)));
    }
    switch (message.getContentType()) {
      case ContentType.MEMBER_QUIT -> {
        MemberQuitTips tips = NotificationTips.read(message, MemberQuitTips.getDefaultInstance());
        leave(List.of(tips.getQuitUser()), tips.getGroupMemberVersion());
      }
      case ContentType.MEMBER_KICKED -> {
        MemberKickedTips tips =
            NotificationTips.read(message, MemberKickedTips.getDefaultInstance());
        leave(tips.getKickedUserListList(), tips.getGroupMemberVersion());
      }
      default -> {}
    }
  }

  private void leave(List<GroupMemberFullInfo> leavers, long version) {
    for (GroupMemberFullInfo leaver : leavers) {
      lastLeaves.put(leaver.getUserID(), seq);
      database.execute(
          "UPDATE conversation SET max_seq = ? WHERE owner_user_id = ? AND group_id = ?"
              + " AND membership_version < ?",
          seq,
          new UserId(leaver.getUserID()),
          new GroupId(group),
          version);
    }
  }

  /** Where each who has left did so last. */
  Map<String, Long> lastLeaves() {
    return Map.copyOf(lastLeaves);
  }

  /** The versions of the members' log that were named, as they were taken. */
  List<Long> versions() {
    return List.copyOf(versions);
  }
}
