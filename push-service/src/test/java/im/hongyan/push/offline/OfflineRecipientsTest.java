package im.hongyan.push.offline;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.offline.OfflineRecord;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.push.online.OfflineHandOff.DeliveryResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves messaging.md 7.2 steps 4 and 5, and 7.3 steps 4 and 5: who may be notified at all. */
class OfflineRecipientsTest {
  private static Copy copy(String conversation, MsgData.Builder message) {
    return Copy.newBuilder()
        .setConversationId(conversation)
        .setMessage(message.build().toByteString())
        .build();
  }

  private static DeliveryResult result(
      Set<String> reached, List<List<String>> targets, Copy... copies) {
    InboundRecord record =
        InboundRecord.newBuilder()
            .setSendId("sam")
            .setOperationId("op")
            .addAllCopies(List.of(copies))
            .build();
    return new DeliveryResult(0, record, targets, reached);
  }

  private static List<String> users(List<OfflineRecord> records) {
    List<String> users = new ArrayList<>();
    records.forEach(record -> users.addAll(record.getUserIdsList()));
    return users;
  }

  @Test
  void theSenderAndWhoHasItOnAPhoneAreNotNotified() {
    Copy copy = copy("si_bob_sam", MsgData.newBuilder().setSessionType(1).setClientMsgID("c"));
    List<OfflineRecord> records =
        OfflineRecipients.of(result(Set.of("cat"), List.of(List.of("bob", "sam", "cat")), copy));
    assertThat(records)
        .containsExactly(
            OfflineRecord.newBuilder()
                .setOperationId("op")
                .setConversationId("si_bob_sam")
                .addUserIds("bob")
                .setMessage(copy.getMessage())
                .build());
    assertThat(OfflineRecipients.of(result(Set.of("bob"), List.of(List.of("bob", "sam")), copy)))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "101, '', true",
    "101, true, true",
    "101, false, false",
    "1601, '', true",
    "1602, '', false",
    "1603, true, false",
    "1604, '', true",
  })
  void theOptionAndTheTypeDecide(int contentType, String option, boolean notified) {
    MsgData.Builder message = MsgData.newBuilder().setSessionType(1).setContentType(contentType);
    if (!option.isEmpty()) {
      message.putOptions("offlinePush", Boolean.parseBoolean(option));
    }
    DeliveryResult result = result(Set.of(), List.of(List.of("bob")), copy("si_bob_sam", message));
    assertThat(OfflineRecipients.of(result)).hasSize(notified ? 1 : 0);
  }

  @Test
  void aNotificationIsSentForTheCopyThatCarriesTheOptionUnderTheChatsSettings() {
    MsgData.Builder chat =
        MsgData.newBuilder().setSessionType(3).setGroupID("g").setServerMsgID("chat");
    MsgData.Builder notification =
        MsgData.newBuilder().setSessionType(3).setGroupID("g").setServerMsgID("notification");
    Copy quietChat = copy("sg_g", chat.clone().putOptions("offlinePush", false));
    List<List<String>> bob = List.of(List.of("bob"));
    assertThat(
            OfflineRecipients.of(
                result(Set.of(), bob, copy("sg_g", chat), copy("n_g", notification))))
        .extracting(OfflineRecord::getMessage)
        .containsExactly(chat.build().toByteString());
    List<OfflineRecord> second =
        OfflineRecipients.of(result(Set.of(), bob, quietChat, copy("n_g", notification)));
    assertThat(second)
        .extracting(OfflineRecord::getMessage)
        .containsExactly(notification.build().toByteString());
    assertThat(second).extracting(OfflineRecord::getConversationId).containsExactly("sg_g");
  }

  @Test
  void manyAreNotifiedInRecordsOfAThousand() {
    List<String> many = IntStream.range(0, 2_500).mapToObj(i -> "u" + i).toList();
    Copy copy = copy("sg_g", MsgData.newBuilder().setSessionType(3).setGroupID("g"));
    List<OfflineRecord> records =
        OfflineRecipients.of(result(Set.of("u7"), List.of(List.of("kicked"), many), copy));
    assertThat(records).allMatch(record -> record.getUserIdsCount() <= 1_000).hasSize(4);
    assertThat(users(records)).hasSize(2_500).doesNotContain("u7").contains("kicked", "u2499");
  }

  @Test
  void nobodyIsNotifiedOfWhatIsNoMessage() {
    Copy junk =
        Copy.newBuilder()
            .setConversationId("si_bob_sam")
            .setMessage(com.google.protobuf.ByteString.fromHex("ff"))
            .build();
    assertThat(OfflineRecipients.of(result(Set.of(), List.of(List.of("bob")), junk))).isEmpty();
  }
}
