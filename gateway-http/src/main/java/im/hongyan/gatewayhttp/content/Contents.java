package im.hongyan.gatewayhttp.content;

import static im.hongyan.gatewayhttp.content.ContentField.flag;
import static im.hongyan.gatewayhttp.content.ContentField.int32;
import static im.hongyan.gatewayhttp.content.ContentField.int64;
import static im.hongyan.gatewayhttp.content.ContentField.object;
import static im.hongyan.gatewayhttp.content.ContentField.objects;
import static im.hongyan.gatewayhttp.content.ContentField.real;
import static im.hongyan.gatewayhttp.content.ContentField.text;
import static im.hongyan.gatewayhttp.content.ContentField.texts;
import static im.hongyan.gatewayhttp.content.ContentField.whole;

import im.hongyan.wire.error.ImError;
import im.hongyan.wire.json.JsonValue;
import im.hongyan.wire.json.JsonValue.Members;
import im.hongyan.wire.message.ContentType;
import java.util.List;
import java.util.Map;

/**
 * The contents that REST accepts, by content type (rest-message.md 5.2): values are converted where
 * they are of another kind, keys are found in any letter case, unknown ones pass. Stateless and
 * safe for use by several threads.
 */
public final class Contents {
  private static final int MAX_MENTIONS = 1_000;
  private static final int MAX_MIX_TYPE = 5;
  private static final String MENTIONED = "atUserList";

  private static final ContentShape WRITTEN = ContentShape.of(text("content").needed());

  private static final ContentShape IMAGE =
      ContentShape.of(
          text("uuid"),
          text("type").needed(),
          int64("size"),
          int32("width").needed(),
          int32("height").needed(),
          text("url").needed());

  private static final ContentShape PICTURE =
      ContentShape.of(
          text("sourcePath"),
          object("sourcePicture", () -> IMAGE).needed(),
          object("bigPicture", () -> IMAGE).needed(),
          object("snapshotPicture", () -> IMAGE).needed());

  private static final ContentShape SOUND =
      ContentShape.of(
          text("uuid"),
          text("soundPath"),
          text("sourceUrl").needed(),
          int64("dataSize"),
          whole("duration", 1, Long.MAX_VALUE).needed());

  private static final ContentShape VIDEO =
      ContentShape.of(
          text("videoPath"),
          text("videoUUID"),
          text("videoUrl").needed(),
          text("videoType").needed(),
          int64("videoSize").needed(),
          int64("duration").needed(),
          text("snapshotPath"),
          text("snapshotUUID"),
          int64("snapshotSize"),
          text("snapshotUrl").needed(),
          int32("snapshotWidth").needed(),
          int32("snapshotHeight").needed());

  private static final ContentShape FILE =
      ContentShape.of(
          text("filePath"),
          text("uuid"),
          text("sourceUrl").needed(),
          text("fileName").needed(),
          int64("fileSize").needed());

  private static final ContentShape MENTIONED_USER =
      ContentShape.of(text("atUserID"), text("groupNickname"));

  private static final ContentShape MENTION =
      ContentShape.of(
          text("text"),
          texts(MENTIONED, MAX_MENTIONS).needed(),
          objects("atUsersInfo", () -> MENTIONED_USER),
          object("quoteMessage", Contents::quoted),
          flag("isAtSelf"));

  private static final ContentShape CUSTOM =
      ContentShape.of(text("data").needed(), text("description"), text("extension"));

  private static final ContentShape QUOTE =
      ContentShape.of(text("text"), object("quoteMessage", Contents::quoted));

  private static final ContentShape LOCATION =
      ContentShape.of(text("description"), real("longitude").needed(), real("latitude").needed());

  private static final ContentShape OFFLINE_PUSH =
      ContentShape.of(
          text("title"),
          text("desc"),
          text("ex"),
          text("iOSPushSound"),
          flag("iOSBadgeCount"),
          text("signalInfo"));

  /** A message as the SDK builds it; elements that are not named here pass unchecked. */
  private static final ContentShape QUOTED =
      ContentShape.of(
          text("clientMsgID"),
          text("serverMsgID"),
          int64("createTime"),
          int64("sendTime"),
          int32("sessionType"),
          text("sendID"),
          text("recvID"),
          int32("msgFrom"),
          int32("contentType"),
          int32("senderPlatformID"),
          text("senderNickname"),
          text("senderFaceUrl"),
          text("groupID"),
          text("content"),
          int64("seq"),
          flag("isRead"),
          int32("status"),
          object("offlinePush", () -> OFFLINE_PUSH),
          text("attachedInfo"),
          text("ex"),
          text("localEx"),
          object("textElem", () -> WRITTEN),
          object("pictureElem", () -> PICTURE),
          object("soundElem", () -> SOUND),
          object("videoElem", () -> VIDEO),
          object("fileElem", () -> FILE),
          object("atTextElem", () -> MENTION),
          object("locationElem", () -> LOCATION),
          object("customElem", () -> CUSTOM),
          object("quoteElem", () -> QUOTE));

  private static final ContentShape OA_NOTIFICATION =
      ContentShape.of(
          text("notificationName").needed(),
          text("notificationFaceURL"),
          int32("notificationType").needed(),
          text("text").needed(),
          text("url"),
          whole("mixType", 0, MAX_MIX_TYPE),
          object("pictureElem", () -> PICTURE),
          object("soundElem", () -> SOUND),
          object("videoElem", () -> VIDEO),
          object("fileElem", () -> FILE),
          text("ex"));

  private static final Map<Integer, ContentShape> BY_TYPE =
      Map.of(
          ContentType.TEXT, WRITTEN,
          ContentType.PICTURE, PICTURE,
          ContentType.VOICE, SOUND,
          ContentType.VIDEO, VIDEO,
          ContentType.FILE, FILE,
          ContentType.AT_TEXT, MENTION,
          ContentType.CUSTOM, CUSTOM,
          ContentType.QUOTE, QUOTE,
          ContentType.MARKDOWN, WRITTEN,
          ContentType.OA_NOTIFICATION, OA_NOTIFICATION);

  private Contents() {}

  private static ContentShape quoted() {
    return QUOTED;
  }

  /**
   * Checks a content.
   *
   * @throws im.hongyan.wire.error.ImException 1001, without a detail for a content type that REST
   *     does not accept, else with the path of the first field that is wrong
   */
  public static void check(int contentType, Members content) {
    ContentShape shape = BY_TYPE.get(contentType);
    if (shape == null) {
      throw ImError.ARGS.bare();
    }
    shape.check("", content);
  }

  /** Whom a checked content of a mention names. */
  public static List<String> mentioned(Members content) {
    JsonValue users = content.find(MENTIONED);
    return users == null ? List.of() : WeakValues.texts(users).orElse(List.of());
  }
}
