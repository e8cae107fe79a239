package im.hongyan.relation.group;

import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * How long what clients give for a group may be. The texts together stay so short that a
 * notification with the group in it stays below the limit of messages. Stateless.
 */
final class GroupLimits {
  /** Users that a call may name in one list. */
  static final int MOST_USERS = 1_000;

  private static final int MAX_ID_BYTES = 64;
  private static final int MAX_NAME_CHARACTERS = 255;
  private static final int MAX_URL_CHARACTERS = 1_024;
  private static final int MAX_TEXT_BYTES = 16_384;

  private GroupLimits() {}

  /**
   * Refuses lists that are too long.
   *
   * @throws ImException 1001
   */
  static void checkUsers(String field, Collection<String> userIds) {
    if (userIds.size() > MOST_USERS) {
      throw ImError.ARGS.with("too many " + field + ", need to be less than " + MOST_USERS);
    }
  }

  /**
   * Refuses a group id that could be mistaken within a conversation id: {@code n_a_b} belongs to
   * two users.
   *
   * @throws ImException 1001
   */
  static void checkGroupId(String groupId) {
    if (groupId.codePoints().anyMatch(c -> c == '_' || c <= ' ' || Character.isISOControl(c))) {
      throw ImError.ARGS.with("groupID is illegal");
    }
    checkBytes("groupID", groupId, MAX_ID_BYTES);
  }

  /**
   * Refuses texts that are too long.
   *
   * @throws ImException 1001
   */
  static void checkTexts(Group group) {
    Group.Texts texts = group.texts();
    checkCharacters("groupName", texts.name(), MAX_NAME_CHARACTERS);
    checkCharacters("faceURL", texts.faceUrl(), MAX_URL_CHARACTERS);
    checkBytes("notification", texts.announcement(), MAX_TEXT_BYTES);
    checkBytes("introduction", texts.introduction(), MAX_TEXT_BYTES);
    checkBytes("ex", texts.ex(), MAX_TEXT_BYTES);
    checkBytes("creatorUserID", group.creatorUserId(), MAX_ID_BYTES);
    checkBytes("notificationUserID", texts.announcementUserId(), MAX_ID_BYTES);
  }

  private static void checkCharacters(String field, String text, int most) {
    if (text.codePointCount(0, text.length()) > most) {
      throw ImError.ARGS.with(field + " is longer than " + most + " characters");
    }
  }

  private static void checkBytes(String field, String text, int most) {
    if (text.length() > most || text.getBytes(StandardCharsets.UTF_8).length > most) {
      throw ImError.ARGS.with(field + " is longer than " + most + " bytes");
    }
  }
}
