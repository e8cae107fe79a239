package im.hongyan.transfer.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Proves what the sequencer takes, and what goes to dead letters instead of stopping a lane. */
class InboundValidatorTest {
  private static InboundRecord.Builder record() {
    return InboundRecord.newBuilder()
        .setSendId("alice")
        .setClientMsgId("c1")
        .addCopies(Copy.newBuilder().setConversationId("si_alice_bob").setStored(true));
  }

  private static String unusable(byte[] value) {
    return ((InboundValidator.Result.Unusable) InboundValidator.read(value)).reason();
  }

  @Test
  void messagesAndMutationsAreTaken() {
    InboundRecord mutation =
        InboundRecord.newBuilder()
            .setClientMsgId("c2")
            .setMutation(
                Mutation.newBuilder()
                    .setConversationId("si_alice_bob")
                    .setRead(ReadMark.newBuilder().setUserId("bob").setSeq(1)))
            .build();
    for (InboundRecord one : new InboundRecord[] {record().build(), mutation}) {
      assertThat(InboundValidator.read(LaneRecords.encode(one)))
          .isEqualTo(new InboundValidator.Result.Usable(one));
    }
  }

  @Test
  void junkAndNewerFormatsAreNot() {
    byte[] newer = LaneRecords.encode(record().build());
    newer[0] = 2;
    assertThat(unusable("junk".getBytes(StandardCharsets.UTF_8))).contains("not a record");
    assertThat(unusable(newer)).contains("not a record");
    assertThat(unusable(new byte[0])).contains("not a record");
  }

  @Test
  void recordsThatCarryNothingOrLackAnIdAreNot() {
    assertThat(unusable(LaneRecords.encode(record().clearCopies().build())))
        .isEqualTo("it carries nothing");
    assertThat(unusable(LaneRecords.encode(record().clearClientMsgId().build())))
        .isEqualTo("it lacks an id");
    assertThat(unusable(LaneRecords.encode(record().addCopies(Copy.getDefaultInstance()).build())))
        .isEqualTo("it lacks an id");
  }

  @Test
  void aRecordThatNumberingWouldMakeTooLargeIsNot() {
    InboundRecord.Builder large = record();
    large
        .getCopiesBuilder(0)
        .setMessage(ByteString.copyFrom(new byte[LaneProducer.MAX_RECORD_BYTES - 500]));
    assertThat(unusable(LaneRecords.encode(large.build()))).contains("too large");
  }
}
