package im.hongyan.msg.send;

import static im.hongyan.msg.send.SendsTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.msg.send.RecordingHooks.Call;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Proves where hooks are called, with what, and what their answers do. */
class SendHooksTest {
  private static List<String> places(SendFixture sends, int count) throws InterruptedException {
    List<String> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Call call = sends.hooks.calls.poll(10, TimeUnit.SECONDS);
      places.add(call == null ? "nothing" : call.place());
    }
    assertThat(sends.hooks.calls).isEmpty();
    return places;
  }

  @Test
  void aSingleChatAsksBeforeTheBlacklistAndTellsAfterKafka() throws Exception {
    try (SendFixture sends = SendFixture.hooked()) {
      sends.send(SendFixture.text("alice", "bob"));
      assertThat(places(sends, 3))
          .containsExactly("beforeSendSingle", "beforeModify", "afterSendSingle");
      sends.relation.block("bob", "carol");
      refused(1302, () -> sends.send(SendFixture.text("carol", "bob")));
      assertThat(places(sends, 1)).containsExactly("beforeSendSingle");
    }
  }

  @Test
  void aGroupAsksAfterItsChecks() throws Exception {
    try (SendFixture sends = SendFixture.hooked()) {
      sends.group("flock", 0, SendFixture.member("alice", 100, 0));
      sends.send(SendFixture.groupText("alice", "flock"));
      assertThat(places(sends, 3))
          .containsExactly("beforeSendGroup", "beforeModify", "afterSendGroup");
      sends.send(SendFixture.groupText("imAdmin", "flock"));
      assertThat(places(sends, 3)).as("for administrators too").contains("beforeSendGroup");
      refused(1203, () -> sends.send(SendFixture.groupText("bob", "flock")));
      assertThat(places(sends, 0)).isEmpty();
    }
  }

  @Test
  void administratorsAreNotAskedAboutInSingleChats() throws Exception {
    try (SendFixture sends = SendFixture.hooked()) {
      sends.send(SendFixture.text("imAdmin", "bob"));
      assertThat(places(sends, 2)).containsExactly("beforeModify", "afterSendSingle");
    }
  }

  @Test
  void typingNotificationsAndAccountsPassWithoutHooks() throws Exception {
    try (SendFixture sends = SendFixture.hooked()) {
      sends.send(SendFixture.text("alice", "bob").setContentType(113));
      sends.sendAsService(SendFixture.text("alice", "bob").setContentType(1201));
      sends.sendAsService(SendFixture.text("alice", "bob").setContentType(1400).setSessionType(4));
      assertThat(sends.lane.taken()).hasSize(3);
      assertThat(places(sends, 0)).isEmpty();
    }
  }

  @Test
  void aRefusalReachesTheSenderAndNothingIsTaken() throws Exception {
    try (SendFixture sends = SendFixture.hooked()) {
      sends.hooks.before =
          message -> {
            throw ImError.CALLBACK.with("no");
          };
      refused(80000, () -> sends.send(SendFixture.text("alice", "bob")));
      assertThat(sends.lane.taken()).isEmpty();
      assertThat(places(sends, 1)).containsExactly("beforeSendSingle");
    }
  }

  @Test
  void whatAHookChangesIsSentAndAnswered() throws Exception {
    try (SendFixture sends = SendFixture.hooked()) {
      sends.hooks.modify = message -> message.toBuilder().setRecvID("carol").setEx("x").build();
      SendMsgResp reply = sends.send(SendFixture.text("alice", "bob"));
      MsgData taken = MsgData.parseFrom(sends.lane.last().getCopies(0).getMessage());
      assertThat(sends.lane.last().getCopies(0).getConversationId()).isEqualTo("si_alice_carol");
      assertThat(sends.lane.last().getRecipientsList()).containsExactly("carol", "alice");
      assertThat(sends.relation.rowsMade).containsExactly("si_alice_carol");
      assertThat(reply.getModify()).isEqualTo(taken);
      sends.hooks.modify = message -> message.toBuilder().setRecvID("").build();
      refused(1001, () -> sends.send(SendFixture.text("alice", "bob")));
    }
  }

  @Test
  void invariant06HooksAreNotAskedAgainAboutAResend() throws Exception {
    try (SendFixture sends = SendFixture.hooked()) {
      MsgData.Builder message = SendFixture.text("alice", "bob");
      SendMsgResp first = sends.send(message);
      places(sends, 3);
      sends.hooks.before =
          same -> {
            throw ImError.CALLBACK.with("no");
          };
      assertThat(sends.send(message)).isEqualTo(first);
      assertThat(places(sends, 0)).isEmpty();
    }
  }
}
