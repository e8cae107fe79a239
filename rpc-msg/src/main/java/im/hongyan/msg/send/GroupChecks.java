package im.hongyan.msg.send;

import im.hongyan.msg.relation.Groups;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.relationclient.GroupMember;
import im.hongyan.relationclient.GroupView;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.group.GroupType;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.message.AtUsers;
import im.hongyan.wire.message.ContentType;
import java.time.InstantSource;
import java.util.Set;

/**
 * Whether a message may go into a group, and whom it mentions there (messaging.md 3.3, 3.7). Safe
 * for use by several threads; may block.
 */
final class GroupChecks {
  private static final int MAX_MENTIONS = 1_000;

  private final Groups groups;
  private final MessageHooks hooks;
  private final Set<String> adminIds;
  private final InstantSource clock;

  GroupChecks(Groups groups, MessageHooks hooks, Set<String> adminIds, InstantSource clock) {
    this.groups = groups;
    this.hooks = hooks;
    this.adminIds = Set.copyOf(adminIds);
    this.clock = clock;
  }

  /**
   * Checks a message.
   *
   * @return whom it mentions
   * @throws im.hongyan.wire.error.ImException 1004, 1203, 1204, 1402 or 1403 when it may not go
   */
  Mentions check(MsgData.Builder message) {
    if (message.getAtUserIDListCount() > MAX_MENTIONS) {
      throw ImError.ARGS.with("more than " + MAX_MENTIONS + " mentions");
    }
    GroupView group =
        groups
            .find(new GroupId(message.getGroupID()))
            .orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("group not found"));
    // Notifications of changes before the dismissal may still be on their way.
    if (group.status() == GroupStatus.DISMISSED
        && !ContentType.isGroupNotification(message.getContentType())) {
      throw ImError.DISMISSED_ALREADY.bare();
    }
    boolean free =
        group.groupType() == GroupType.SUPER
            || adminIds.contains(message.getSendID())
            || ContentType.isSystem(message.getContentType());
    if (!free) {
      checkMember(group, new UserId(message.getSendID()));
    }
    if (ContentType.isHooked(message.getContentType())) {
      hooks.beforeSendGroup(message.buildPartial());
    }
    return message.getContentType() == ContentType.AT_TEXT
        ? mentions(group, message)
        : Mentions.getDefaultInstance();
  }

  private void checkMember(GroupView group, UserId sender) {
    GroupMember member = group.member(sender).orElseThrow(() -> ImError.NOT_IN_GROUP_YET.bare());
    if (member.role() == GroupRole.OWNER.level()) {
      return;
    }
    if (member.muteEndMillis() >= clock.millis()) {
      throw ImError.MUTED_IN_GROUP.bare();
    }
    if (group.status() == GroupStatus.MUTED && member.role() != GroupRole.ADMIN.level()) {
      throw ImError.MUTED_GROUP.bare();
    }
  }

  private static Mentions mentions(GroupView group, MsgData.Builder message) {
    Mentions.Builder mentions = Mentions.newBuilder();
    message.getAtUserIDListList().stream()
        .distinct()
        .forEach(user -> {
          if (user.equals(AtUsers.ALL)) {
            mentions.setEveryone(true);
          } else if (group.member(new UserId(user)).isPresent()) {
            mentions.addUserIds(user);
          }
        });
    return mentions.build();
  }
}
