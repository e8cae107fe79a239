package im.hongyan.msg.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** Proves how the content of a quote is written anew, and that other content is left alone. */
class QuotedMessagesTest {
  private static final String QUOTE =
      "{\"text\":\"a<b\",\"quoteMessage\":{\"clientMsgID\":\"c\",\"seq\":7,\"contentType\":101,"
          + "\"content\":\"x\",\"textElem\":{\"content\":\"the old words\"},\"ex\":\"e\"},"
          + "\"messageEntityList\":[{\"offset\":1,\"length\":2.5,\"ok\":true,\"no\":null}]}";

  private static QuotedMessages.Quote read(String content) {
    return QuotedMessages.read(ByteString.copyFromUtf8(content)).orElseThrow();
  }

  @Test
  void aQuoteThatIsRevokedLosesItsElements() {
    assertThat(read(QUOTE).seq()).isEqualTo(7);
    assertThat(read(QUOTE).revoked(2101, "{\"detail\":\"d\"}").toStringUtf8())
        .isEqualTo(
            "{\"text\":\"a\\u003cb\",\"quoteMessage\":{\"clientMsgID\":\"c\",\"seq\":7,"
                + "\"contentType\":2101,\"content\":\"{\\\"detail\\\":\\\"d\\\"}\",\"ex\":\"e\"},"
                + "\"messageEntityList\":[{\"offset\":1,\"length\":2.5,\"ok\":true,\"no\":null}]}");
  }

  @Test
  void theEmptyObjectOfOldClientsIsWrittenAsText() {
    QuotedMessages.Quote old = read("{\"quoteMessage\":{\"content\":\"e30=\",\"textElem\":{}}}");
    assertThat(old.emptyAsBase64()).isTrue();
    assertThat(old.repaired().toStringUtf8())
        .isEqualTo("{\"quoteMessage\":{\"content\":\"{}\",\"textElem\":{}}}");
    assertThat(read(QUOTE).emptyAsBase64()).isFalse();
  }

  @Test
  void aSeqThatIsNotKnownIsNone() {
    assertThat(read("{\"quoteMessage\":{}}").seq()).isZero();
    assertThat(read("{\"quoteMessage\":{\"seq\":\"7\"}}").seq()).isZero();
    assertThat(read("{\"quoteMessage\":{\"seq\":1e99}}").seq()).isZero();
  }

  @Test
  void whatQuotesNothingIsLeftAlone() {
    for (String content :
        new String[] {"", "{", "[]", "7", "null", "{}", "{\"quoteMessage\":\"x\"}", "\0"}) {
      assertThat(QuotedMessages.read(ByteString.copyFromUtf8(content))).as(content).isEmpty();
    }
  }
}
