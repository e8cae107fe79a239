package im.hongyan.msg.receipts;

import im.hongyan.messagelog.lane.UserWindow;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Map;

/** How far members of a group have read it. Safe for use by several threads; blocks. */
final class ReadPositions {
  private final UserReader reader;
  private final Relations relations;

  ReadPositions(UserReader reader, Relations relations) {
    this.reader = reader;
    this.relations = relations;
  }

  /**
   * A member's position.
   *
   * @param first the first seq that the member can read, 0 for no bound
   * @param joinMillis when the member joined; 0 where it does not matter
   */
  record Position(UserId user, long read, long first, long joinMillis) {
    /** Whether the message is not the member's own, and was for it when it was sent. */
    boolean counts(SentMessage message) {
      return !user.equals(message.sender())
          && (first <= message.seq() || joinMillis <= message.sentMillis());
    }

    boolean hasRead(SentMessage message) {
      return read >= message.seq();
    }
  }

  /** A message that others may have read. */
  record SentMessage(long seq, UserId sender, long sentMillis) {}

  /**
   * Positions of members.
   *
   * @param oldest the least seq of interest: who can no longer read it may have cleared it after
   *     reading, or have joined later, and then the time of joining is looked up
   */
  List<Position> of(GroupId group, List<UserId> members, long oldest) {
    Map<UserId, UserWindow> windows = reader.windows(ConversationId.group(group.value()), members);
    List<UserId> late =
        members.stream().filter(member -> window(windows, member).userMin() > oldest).toList();
    Map<UserId, Long> joined = late.isEmpty() ? Map.of() : relations.joinTimes(group, late);
    return members.stream()
        .map(member -> {
          UserWindow window = window(windows, member);
          return new Position(
              member, window.read(), window.userMin(), joined.getOrDefault(member, 0L));
        })
        .toList();
  }

  private static UserWindow window(Map<UserId, UserWindow> windows, UserId member) {
    return windows.getOrDefault(member, UserWindow.OPEN);
  }
}
