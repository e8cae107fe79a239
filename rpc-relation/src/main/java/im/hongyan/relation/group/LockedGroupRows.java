package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A locked group in the tables, within one transaction. */
final class LockedGroupRows implements LockedGroup {
  /** The element of the members' log that stands for the group itself. */
  private static final String GROUP_ITSELF = "";

  private final Handle handle;
  private final GroupId groupId;
  private final long nowMillis;
  private GroupInfo info;

  private LockedGroupRows(Handle handle, GroupInfo info, long nowMillis) {
    this.handle = handle;
    this.info = info;
    this.nowMillis = nowMillis;
    groupId = new GroupId(info.getGroupID());
  }

  /** Locks a group, dismissed or not; empty when there is none. */
  static Optional<LockedGroupRows> lock(Handle handle, GroupId groupId, long nowMillis) {
    return GroupRows.lock(handle, groupId)
        .map(info -> new LockedGroupRows(handle, info, nowMillis));
  }

  @Override
  public GroupInfo info() {
    return info;
  }

  @Override
  public Optional<Member> member(UserId userId) {
    return members(List.of(userId)).stream().findFirst();
  }

  @Override
  public List<Member> members(Collection<UserId> userIds) {
    return GroupRows.members(handle, groupId, userIds);
  }

  @Override
  public List<UserId> handlerIds() {
    return GroupRows.handlerIds(handle, groupId, GroupRows.MOST_HANDLERS);
  }

  @Override
  public LogVersion save(GroupInfo changed) {
    handle.execute(
        "UPDATE chat_group SET group_name = ?, notification = ?, introduction = ?, face_url = ?,"
            + " ex = ?, status = ?, owner_user_id = ?, need_verification = ?, look_member_info = ?,"
            + " apply_member_friend = ?, notification_update_time = ?, notification_user_id = ?"
            + " WHERE group_id = ?",
        changed.getGroupName(),
        changed.getNotification(),
        changed.getIntroduction(),
        changed.getFaceURL(),
        changed.getEx(),
        changed.getStatus(),
        new UserId(changed.getOwnerUserID()),
        changed.getNeedVerification(),
        changed.getLookMemberInfo(),
        changed.getApplyMemberFriend(),
        changed.getNotificationUpdateTime(),
        new UserId(changed.getNotificationUserID()),
        groupId);
    info = changed;
    return log(List.of(GROUP_ITSELF), State.UPDATED);
  }

  private LogVersion log(List<String> elements, State state) {
    return VersionLogs.advance(
        handle, Kind.GROUP_MEMBERS, groupId.value(), elements, state, nowMillis);
  }

  @Override
  public LogVersion save(List<Member> changed, boolean reordered) {
    List<Member> sorted = sorted(changed);
    for (Member member : sorted) {
      handle.execute(
          "UPDATE group_member SET nickname = ?, face_url = ?, ex = ?, role_level = ?,"
              + " mute_end_time = ? WHERE group_id = ? AND user_id = ?",
          member.profile().nickname(),
          member.profile().faceUrl(),
          member.profile().ex(),
          member.role().level(),
          member.muteEndMillis(),
          groupId,
          member.userId());
      if (member.role() == GroupRole.OWNER) {
        handle.execute(
            "UPDATE chat_group SET owner_user_id = ? WHERE group_id = ?", member.userId(), groupId);
        info = info.toBuilder().setOwnerUserID(member.userId().value()).build();
      }
    }
    List<String> elements =
        new ArrayList<>(sorted.stream().map(member -> member.userId().value()).toList());
    if (reordered) {
      elements.add(VersionDelta.ORDER);
    }
    return log(elements, State.UPDATED);
  }

  private static List<Member> sorted(List<Member> members) {
    return members.stream()
        .sorted(Comparator.comparing(member -> member.userId().value(), Utf8Order.INSTANCE))
        .toList();
  }

  @Override
  public List<Change> admit(List<List<Member>> steps) {
    List<Change> changes = GroupStore.admit(handle, info, steps);
    info = changes.getLast().group();
    return changes;
  }

  @Override
  public LogVersion remove(List<Member> members) {
    LogVersion version = removeOfDismissed(members);
    VersionLogs.advanceEach(
        handle,
        Kind.JOINED_GROUPS,
        members.stream().map(member -> member.userId().value()).toList(),
        groupId.value(),
        State.DELETED,
        nowMillis);
    return version;
  }

  /** As {@link #remove}, where the members' own lists know already. */
  LogVersion removeOfDismissed(List<Member> members) {
    List<String> userIds = members.stream().map(member -> member.userId().value()).toList();
    LogVersion version = log(userIds, State.DELETED);
    handle
        .createUpdate("DELETE FROM group_member WHERE group_id = :group AND user_id IN (<users>)")
        .bind("group", groupId)
        .bindList("users", userIds.stream().map(MySql::id).toList())
        .execute();
    handle.execute(
        "UPDATE chat_group SET member_count = member_count - ? WHERE group_id = ?",
        members.size(),
        groupId);
    info = info.toBuilder().setMemberCount(info.getMemberCount() - members.size()).build();
    return version;
  }

  @Override
  public Optional<GroupRequestRow> request(UserId userId) {
    return GroupRequestStore.find(handle, groupId, List.of(userId)).stream().findFirst();
  }

  @Override
  public void save(List<JoinRequest> requests) {
    GroupRows.insertRequests(handle, requests);
  }

  @Override
  public void answer(GroupRequestRow answered) {
    handle.execute(
        "UPDATE group_request SET handle_result = ?, handle_msg = ?, handle_user_id = ?,"
            + " handle_time = ? WHERE group_id = ? AND user_id = ?",
        answered.handleResult(),
        answered.handleMsg(),
        answered.handleUserId(),
        answered.handleTimeMillis(),
        groupId,
        answered.userId());
  }

  @Override
  public void dismiss(long removeFromMillis) {
    handle.execute(
        "INSERT INTO group_dismissal (group_id, remove_from, done_to, lists_done) VALUES (?, ?, '', 0)"
            + " ON DUPLICATE KEY UPDATE remove_from = LEAST(remove_from, VALUES(remove_from))",
        groupId,
        removeFromMillis);
  }

  @Override
  public void markAnnounced() {
    GroupMentionStore.announce(handle, groupId, nowMillis);
  }

  @Override
  public void send(List<Notification> notifications) {
    OutboxRows.append(handle, notifications);
  }
}
