package im.hongyan.msg.send;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.ThrowingSupplier;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.msg.SendSimpleMsgReq;
import im.hongyan.proto.msg.SendSimpleMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.error.ImException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Proves through the guard who sends without knowing the sender's profile. */
class SimpleSendsTest {
  @AutoClose private final SendFixture sends = SendFixture.plain();

  private String send(String caller, SendSimpleMsgReq request) {
    ThrowingSupplier<SendSimpleMsgResp, RuntimeException> call =
        () ->
            RpcChannels.call(
                sends.locator.channel(ServiceName.MSG), msgGrpc.getSendSimpleMsgMethod(), request);
    try {
      return CallContext.user("op", caller, "IOS", "c1").call(call).getServerMsgID();
    } catch (ImException refused) {
      return (refused.code() + " " + refused.detail()).strip();
    }
  }

  private static SendSimpleMsgReq from(String sender) {
    return SendSimpleMsgReq.newBuilder()
        .setMsgData(
            SendFixture.text(sender, "bob").setSenderNickname("forged").setSenderFaceURL("forged"))
        .build();
  }

  @Test
  void theSenderOrAnAdministratorSendsAndTheProfileIsFilledIn()
      throws InvalidProtocolBufferException {
    for (String caller : new String[] {"alice", "imAdmin"}) {
      String id = send(caller, from("alice"));
      MsgData stored = MsgData.parseFrom(sends.lane.last().getCopies(0).getMessage());
      assertThat(id).hasSize(32).isEqualTo(stored.getServerMsgID());
      assertThat(stored.getSenderNickname()).isEqualTo("nick alice");
      assertThat(stored.getSenderFaceURL()).isEmpty();
    }
  }

  @Test
  void argumentsThenRightsThenTheSender() {
    assertThat(send("alice", SendSimpleMsgReq.getDefaultInstance()))
        .isEqualTo("1001 msgData is empty");
    assertThat(send("bob", from("alice"))).isEqualTo("1002 ownerUserID, alice=MISSING");
    assertThat(send("imAdmin", from("nobody"))).isEqualTo("1004 no sender");
    assertThat(send("nobody", from("nobody"))).isEqualTo("1004 no sender");
    sends.relation.block("bob", "alice");
    assertThat(send("alice", from("alice"))).isEqualTo("1302");
    assertThat(sends.lane.taken()).isEmpty();
  }
}
