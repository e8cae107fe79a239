package im.hongyan.messagelog.lane;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.MsgData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves which messages burn: those that say so in both places, with a time (messaging.md 6.7). */
class PrivateMessagesTest {
  private static int seconds(boolean notPrivate, String attachedInfo) {
    return PrivateMessages.burnSeconds(
        MsgData.newBuilder()
            .putOptions("notPrivate", notPrivate)
            .setAttachedInfo(attachedInfo)
            .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"isPrivateChat\":true,\"burnDuration\":30} | 30",
        "{\"groupHasReadInfo\":{\"x\":[1]},\"burnDuration\":7,\"isPrivateChat\":true,\"y\":[]} | 7",
        "{\"isPrivateChat\":true,\"burnDuration\":0} | 0",
        "{\"isPrivateChat\":true,\"burnDuration\":-3} | 0",
        "{\"isPrivateChat\":true,\"burnDuration\":2.5} | 0",
        "{\"isPrivateChat\":true,\"burnDuration\":99999999999} | 0",
        "{\"isPrivateChat\":true} | 0",
        "{\"isPrivateChat\":false,\"burnDuration\":30} | 0",
        "{\"isPrivateChat\":\"true\",\"burnDuration\":30} | 0",
        "{\"isPrivateChat\":true,\"burnDuration\":30 | 0",
        "[1] | 0",
        "no json | 0"
      })
  void attachedInfoNamesTheTime(String attachedInfo, int expected) {
    assertThat(seconds(false, attachedInfo)).isEqualTo(expected);
  }

  @Test
  void theOptionMustSayItToo() {
    String info = "{\"isPrivateChat\":true,\"burnDuration\":30}";
    assertThat(seconds(true, info)).isZero();
    assertThat(PrivateMessages.burnSeconds(MsgData.newBuilder().setAttachedInfo(info))).isZero();
    assertThat(seconds(false, "")).isZero();
  }
}
