package im.hongyan.gatewayhttp.content;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.JsonValue;
import im.hongyan.wire.json.JsonValue.Members;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves which contents REST accepts (rest-message.md 5.2). Of each type stands the smallest
 * content that passes: each field of it is then left out, made null, empty and zero, and of another
 * kind, and its key is written otherwise.
 */
class ContentsTest {
  private static final String IMAGE =
      "{\"type\":\"png\",\"width\":1,\"height\":2,\"url\":\"http://x\"}";
  private static final String PICTURE =
      "{\"sourcePicture\":"
          + IMAGE
          + ",\"bigPicture\":"
          + IMAGE
          + ",\"snapshotPicture\":"
          + IMAGE
          + "}";
  private static final String SOUND = "{\"sourceUrl\":\"u\",\"duration\":1}";
  private static final String VIDEO =
      "{\"videoUrl\":\"u\",\"videoType\":\"mp4\",\"videoSize\":1,\"duration\":-1,"
          + "\"snapshotUrl\":\"s\",\"snapshotWidth\":1,\"snapshotHeight\":1}";
  private static final String FILE = "{\"sourceUrl\":\"u\",\"fileName\":\"f\",\"fileSize\":1}";
  private static final String MENTION = "{\"atUserList\":[\"u1\",\"AtAllTag\"]}";
  private static final String NOTIFICATION =
      "{\"notificationName\":\"n\",\"notificationType\":1,\"text\":\"t\"}";

  private static final Map<Integer, String> SMALLEST =
      Map.of(
          101, "{\"content\":\"hi\"}",
          102, PICTURE,
          103, SOUND,
          104, VIDEO,
          105, FILE,
          106, MENTION,
          110, "{\"data\":\"d\"}",
          114, "{}",
          118, "{\"content\":\"hi\"}",
          1400, NOTIFICATION);

  private static Members members(String json) {
    try {
      byte[] body = ("{\"c\":" + json + "}").getBytes(StandardCharsets.UTF_8);
      return (Members) JsonValue.member(body, "c").orElseThrow();
    } catch (GoJsonException e) {
      throw new AssertionError(json, e);
    }
  }

  private static String check(int type, Members content) {
    try {
      Contents.check(type, content);
      return "ok";
    } catch (ImException refused) {
      return (refused.code() + " " + refused.detail()).strip();
    }
  }

  private static String check(int type, String json) {
    return check(type, members(json));
  }

  private static Members with(Members content, String key, JsonValue value) {
    Map<String, JsonValue> changed = new HashMap<>(content.byKey());
    changed.put(key, value);
    return new Members(changed);
  }

  private static Members without(Members content, String key) {
    Map<String, JsonValue> changed = new HashMap<>(content.byKey());
    changed.remove(key);
    return new Members(changed);
  }

  @TestFactory
  Stream<DynamicTest> everyFieldOfTheSmallestContentIsNeeded() {
    return SMALLEST.entrySet().stream()
        .flatMap(row -> {
          int type = row.getKey();
          Members content = members(row.getValue());
          return content.byKey().keySet().stream()
              .map(field ->
                  DynamicTest.dynamicTest(type + " " + field, () -> needed(type, content, field)));
        });
  }

  private static void needed(int type, Members content, String field) {
    JsonValue value = Objects.requireNonNull(content.byKey().get(field));
    assertThat(check(type, content)).isEqualTo("ok");
    String missing = "1001 content: " + field + " is required";
    assertThat(check(type, without(content, field))).isEqualTo(missing);
    assertThat(check(type, with(content, field, new JsonValue.Nothing()))).isEqualTo(missing);
    boolean object = value instanceof Members;
    boolean list = value instanceof JsonValue.Array;
    boolean text = value instanceof JsonValue.Text;
    for (String zero :
        object ? List.<String>of() : list ? List.of("[]", "{}") : text ? List.of("\"\"") : ZEROS) {
      assertThat(check(type, with(content, field, value(zero)))).as(zero).isEqualTo(missing);
    }
    for (String wrong :
        object
            ? List.of("1", "\"x\"", "true", "[]", "[{}]")
            : list ? List.of("[[]]", "{\"a\":1}", "[{}]") : List.of("[]", "[1]", "{}")) {
      assertThat(check(type, with(content, field, value(wrong))))
          .as(wrong)
          .isEqualTo("1001 content: " + field + " has the wrong type");
    }
    String other = field.toUpperCase(Locale.ROOT);
    assertThat(check(type, with(without(content, field), other, value))).isEqualTo("ok");
  }

  @Test
  void everyFieldOfEveryImageIsNeeded() {
    Members content = members(PICTURE);
    for (String picture : content.byKey().keySet()) {
      Members image = (Members) value(IMAGE);
      for (String field : image.byKey().keySet()) {
        assertThat(check(102, with(content, picture, without(image, field))))
            .isEqualTo("1001 content: " + picture + "." + field + " is required");
      }
      assertThat(check(102, with(content, picture, with(image, "size", value("[]")))))
          .isEqualTo("1001 content: " + picture + ".size has the wrong type");
      assertThat(check(102, with(content, picture, with(image, "width", value("2147483648")))))
          .isEqualTo("1001 content: " + picture + ".width is out of range");
    }
  }

  /** Texts and numbers that may be missing, but not of a kind that cannot be converted. */
  private static final Map<Integer, List<String>> OPTIONAL =
      Map.of(
          102, List.of("sourcePath"),
          103, List.of("uuid", "soundPath", "dataSize"),
          104, List.of("videoPath", "videoUUID", "snapshotPath", "snapshotUUID", "snapshotSize"),
          105, List.of("filePath", "uuid"),
          106, List.of("text", "isAtSelf"),
          110, List.of("description", "extension"),
          114, List.of("text"),
          1400, List.of("notificationFaceURL", "url", "mixType", "ex"));

  @Test
  void optionalFieldsAreOfTheirKind() {
    OPTIONAL.forEach((type, fields) -> {
      Members content = members(String.valueOf(SMALLEST.get(type)));
      for (String field : fields) {
        for (String good : List.of("null", "\"1\"", "1", "true", "\"\"")) {
          assertThat(check(type, with(content, field, value(good))))
              .as(type + " " + field + " " + good)
              .isEqualTo("ok");
        }
        for (String wrong : List.of("{}", "[]", "[1]", "{\"a\":1}")) {
          assertThat(check(type, with(content, field, value(wrong))))
              .as(type + " " + field + " " + wrong)
              .isEqualTo("1001 content: " + field + " has the wrong type");
        }
      }
    });
  }

  private static final List<String> ZEROS = List.of("0", "\"0\"", "\"\"", "false", "0.5", "-0");

  private static JsonValue value(String json) {
    Members holder = members("{\"v\":" + json + "}");
    return Objects.requireNonNull(holder.byKey().get("v"));
  }

  @Test
  void everyTypeThatRestDoesNotAcceptIsRefusedWithoutADetail() {
    for (int type :
        List.of(
            -1,
            0,
            107,
            108,
            109,
            111,
            113,
            115,
            117,
            119,
            120,
            200,
            203,
            1399,
            1401,
            2001,
            2101,
            2200,
            Integer.MAX_VALUE)) {
      assertThat(check(type, "{\"content\":\"x\",\"data\":\"x\"}")).as("" + type).isEqualTo("1001");
    }
  }

  @Test
  void whatIsNotNamedPasses() {
    SMALLEST.forEach((type, content) ->
        assertThat(check(type, with(members(content), "unknown", value("[{\"a\":[]},1]"))))
            .as("" + type)
            .isEqualTo("ok"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          101  | {"content":12}                                       | ok
          101  | {"content":0}                                        | ok
          101  | {"content":false}                                    | ok
          101  | {"CONTENT":"x","content":""}                         | 1001 content: content is required
          101  | {"CONTENT":"","content":"x"}                         | ok
          102  | {"sourcePicture":{},"bigPicture":{},"snapshotPicture":{}} | 1001 content: sourcePicture.type is required
          103  | {"sourceUrl":"u","duration":-1}                      | 1001 content: duration is out of range
          103  | {"sourceUrl":"u","duration":1.9}                     | ok
          103  | {"sourceUrl":"u","duration":"0x10"}                  | ok
          103  | {"sourceUrl":"u","duration":"017"}                   | ok
          103  | {"sourceUrl":"u","duration":"018"}                   | 1001 content: duration has the wrong type
          103  | {"sourceUrl":"u","duration":"1e3"}                   | 1001 content: duration has the wrong type
          103  | {"sourceUrl":"u","duration":" 1"}                    | 1001 content: duration has the wrong type
          103  | {"sourceUrl":"u","duration":"ten"}                   | 1001 content: duration has the wrong type
          103  | {"sourceUrl":"u","duration":true}                    | ok
          103  | {"sourceUrl":"u","duration":9223372036854775807}     | ok
          103  | {"sourceUrl":"u","duration":9223372036854775808}     | 1001 content: duration is out of range
          103  | {"sourceUrl":"u","duration":1e300}                   | 1001 content: duration is out of range
          103  | {"sourceUrl":"u","duration":1,"dataSize":-9223372036854775809} | 1001 content: dataSize is out of range
          103  | {"sourceUrl":"u","duration":1,"uuid":[]}             | 1001 content: uuid has the wrong type
          106  | {"atUserList":"u1"}                                  | ok
          106  | {"atUserList":[1,true,null]}                         | ok
          106  | {"atUserList":["u"],"isAtSelf":"yes"}                | 1001 content: isAtSelf has the wrong type
          106  | {"atUserList":["u"],"isAtSelf":"t"}                  | ok
          106  | {"atUserList":["u"],"isAtSelf":[]}                   | 1001 content: isAtSelf has the wrong type
          106  | {"atUserList":["u"],"atUsersInfo":[{"atUserID":1},null]} | ok
          106  | {"atUserList":["u"],"atUsersInfo":{"atUserID":"u"}}  | ok
          106  | {"atUserList":["u"],"atUsersInfo":["u"]}             | 1001 content: atUsersInfo has the wrong type
          106  | {"atUserList":["u"],"atUsersInfo":[{"atUserID":[]}]} | 1001 content: atUsersInfo.atUserID has the wrong type
          114  | {"quoteMessage":{"contentType":"101","seq":"7","isRead":1}} | ok
          114  | {"quoteMessage":{"contentType":2147483648}}          | 1001 content: quoteMessage.contentType is out of range
          114  | {"quoteMessage":{"seq":{}}}                          | 1001 content: quoteMessage.seq has the wrong type
          114  | {"quoteMessage":[]}                                  | 1001 content: quoteMessage has the wrong type
          114  | {"quoteMessage":{"textElem":{}}}                     | 1001 content: quoteMessage.textElem.content is required
          114  | {"quoteMessage":{"textElem":null}}                   | ok
          114  | {"quoteMessage":{"pictureElem":{}}}                  | 1001 content: quoteMessage.pictureElem.sourcePicture is required
          114  | {"quoteMessage":{"soundElem":{"sourceUrl":"u"}}}     | 1001 content: quoteMessage.soundElem.duration is required
          114  | {"quoteMessage":{"videoElem":{}}}                    | 1001 content: quoteMessage.videoElem.videoUrl is required
          114  | {"quoteMessage":{"fileElem":{}}}                     | 1001 content: quoteMessage.fileElem.sourceUrl is required
          114  | {"quoteMessage":{"atTextElem":{}}}                   | 1001 content: quoteMessage.atTextElem.atUserList is required
          114  | {"quoteMessage":{"customElem":{}}}                   | 1001 content: quoteMessage.customElem.data is required
          114  | {"quoteMessage":{"locationElem":{"longitude":1}}}    | 1001 content: quoteMessage.locationElem.latitude is required
          114  | {"quoteMessage":{"locationElem":{"longitude":"1.5","latitude":"-.5e1"}}} | ok
          114  | {"quoteMessage":{"locationElem":{"longitude":"1d","latitude":1}}} | 1001 content: quoteMessage.locationElem.longitude has the wrong type
          114  | {"quoteMessage":{"quoteElem":{"quoteMessage":{"TextElem":{}}}}} | 1001 content: quoteMessage.quoteElem.quoteMessage.textElem.content is required
          114  | {"quoteMessage":{"cardElem":{},"mergeElem":1,"faceElem":[],"markdownTextElem":{}}} | ok
          114  | {"quoteMessage":{"offlinePush":{"iOSBadgeCount":"x"}}} | 1001 content: quoteMessage.offlinePush.iOSBadgeCount has the wrong type
          1400 | {"notificationName":"n","notificationType":1,"text":"t","mixType":5} | ok
          1400 | {"notificationName":"n","notificationType":1,"text":"t","mixType":6} | 1001 content: mixType is out of range
          1400 | {"notificationName":"n","notificationType":1,"text":"t","mixType":-1} | 1001 content: mixType is out of range
          1400 | {"notificationName":"n","notificationType":1,"text":"t","pictureElem":{}} | 1001 content: pictureElem.sourcePicture is required
          1400 | {"notificationName":"n","notificationType":1,"text":"t","fileElem":null} | ok
          """)
  void valuesAreConvertedAndChecked(int type, String content, String expected) {
    assertThat(check(type, content)).isEqualTo(expected);
  }

  @Test
  void atMostAThousandUsersAreMentioned() {
    String most = String.join(",", Collections.nCopies(1_000, "\"u\""));
    assertThat(check(106, "{\"atUserList\":[" + most + "]}")).isEqualTo("ok");
    assertThat(check(106, "{\"atUserList\":[" + most + ",\"u\"]}"))
        .isEqualTo("1001 content: atUserList has more than 1000 elements");
  }

  @Test
  void whoIsMentionedIsConvertedAsWell() {
    assertThat(Contents.mentioned(members("{\"ATUSERLIST\":[\"u1\",7,1.5,true,null]}")))
        .containsExactly("u1", "7", "1.5", "1", "");
    assertThat(Contents.mentioned(members("{\"atUserList\":\"u1\"}"))).containsExactly("u1");
    assertThat(Contents.mentioned(members("{\"atUserList\":9007199254740993}")))
        .containsExactly("9007199254740993");
  }

  /** As deep as the reader lets them be: 30 quotes in one another. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 30})
  void quotesOfQuotesAreCheckedToTheirEnd(int depth) {
    String begin = "{\"quoteMessage\":{\"quoteElem\":".repeat(depth);
    String end = "}}".repeat(depth);
    String good = begin + "{\"quoteMessage\":{\"textElem\":{\"content\":\"x\"}}}" + end;
    String bad = begin + "{\"quoteMessage\":{\"textElem\":{}}}" + end;
    assertThat(check(114, good)).isEqualTo("ok");
    assertThat(check(114, bad))
        .startsWith("1001 content: ")
        .endsWith("textElem.content is required");
  }
}
