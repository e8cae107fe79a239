package im.hongyan.standalone.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MsgData;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Proves how messages look, and that a peer cannot command the terminal. */
class ChatLineTest {
  private final ChatLine line = new ChatLine(ZoneOffset.ofHours(8));

  @Test
  void aTextHasTimeSenderAndText() {
    assertThat(line.of(message(101, "{\"content\":\"see you\"}"))).isEqualTo("09:41 bob: see you");
  }

  @Test
  void otherContentsAreNamed() {
    assertThat(line.of(message(102, "{}"))).isEqualTo("09:41 bob: [picture]");
    assertThat(line.of(message(110, "{}"))).isEqualTo("09:41 bob: [message of type 110]");
  }

  @Test
  void controlCharactersAreTakenOut() {
    ByteString evil = TextContent.write("a\u001b[2Jb\nc\u009bd");
    assertThat(line.of(message(101, evil.toStringUtf8()))).isEqualTo("09:41 bob: a [2Jb c d");
  }

  @Test
  void anyTextSurvivesItsJson() {
    for (String text : new String[] {"", "\"\\/", "鸿雁 🦢", "{\"content\":\"x\"}", "\t\r\n"}) {
      assertThat(TextContent.read(TextContent.write(text))).isEqualTo(text);
    }
  }

  @Test
  void whatIsNoTextContentIsShownAsItIs() {
    for (String content :
        new String[] {"", "plain", "[1]", "{\"text\":1}", "{\"content\":1}", "{\"con"}) {
      assertThat(TextContent.read(ByteString.copyFromUtf8(content))).isEqualTo(content);
    }
    assertThat(
            TextContent.read(
                ByteString.copyFromUtf8("{\"a\":{\"content\":\"no\"},\"content\":\"yes\"}")))
        .isEqualTo("yes");
  }

  private static MsgData message(int contentType, String content) {
    return MsgData.newBuilder()
        .setSendID("bob")
        .setContentType(contentType)
        .setContent(ByteString.copyFromUtf8(content))
        .setSendTime(1_767_231_660_000L)
        .build();
  }
}
