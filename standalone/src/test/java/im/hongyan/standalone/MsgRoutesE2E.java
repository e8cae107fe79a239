package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetServerTimeReq;
import im.hongyan.proto.msg.GetServerTimeResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves the routes of {@code /msg} that read (rest-message.md 1.1, numbers 1, 5, 9 and 19). */
@ExtendWith(SharedSystem.class)
class MsgRoutesE2E {
  private static SystemAddress system;
  private static RestCalls rest;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
    rest = new RestCalls(system);
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  private static LoginOptions login(String name) {
    return system.login(name + MessageIds.next().substring(0, 8), Platform.ANDROID);
  }

  @Test
  void theRoutesReadWhatTheSocketReads() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    String conversation = ConversationId.single(alice.userId(), bob.userId()).value();
    try (TestUser sender = new TestUser(alice)) {
      MsgData first = sender.text(bob.userId(), "one <1>");
      MsgData second = sender.text(bob.userId(), "two");
      sender.send(first);
      sender.send(second);
      sender.awaitPush();
      sender.awaitPush();

      GetMaxSeqReq newest = GetMaxSeqReq.newBuilder().setUserID(bob.userId()).build();
      assertThat(
              rest.call(bob, "/msg/newest_seq", newest, GetMaxSeqResp.getDefaultInstance())
                  .getMaxSeqsMap())
          .isEqualTo(Map.of(conversation, 2L));

      PullMsgs pulled =
          rest.call(
                  bob,
                  "/msg/pull_msg_by_seq",
                  PullMessageBySeqsReq.newBuilder()
                      .setUserID(bob.userId())
                      .addSeqRanges(
                          SeqRange.newBuilder()
                              .setConversationID(conversation)
                              .setBegin(1)
                              .setEnd(2)
                              .setNum(10))
                      .build(),
                  PullMessageBySeqsResp.getDefaultInstance())
              .getMsgsOrThrow(conversation);
      assertThat(pulled.getMsgsList())
          .extracting(MsgData::getClientMsgID)
          .containsExactly(first.getClientMsgID(), second.getClientMsgID());
      assertThat(pulled.getMsgs(0).getContent()).isEqualTo(first.getContent());
      assertThat(pulled.getIsEnd()).isTrue();

      Seqs seqs =
          rest.call(
                  alice,
                  "/msg/get_conversations_has_read_and_max_seq",
                  GetConversationsHasReadAndMaxSeqReq.newBuilder()
                      .setUserID(alice.userId())
                      .addConversationIDs(conversation)
                      .build(),
                  GetConversationsHasReadAndMaxSeqResp.getDefaultInstance())
              .getSeqsOrThrow(conversation);
      assertThat(List.of(seqs.getMaxSeq(), seqs.getHasReadSeq())).containsExactly(2L, 2L);
      assertThat(seqs.getMaxSeqTime()).isPositive();
    }
  }

  @Test
  void nobodyReadsInAnothersNameAndEverybodyMayAskTheTime() {
    LoginOptions eve = login("eve");
    LoginOptions alice = login("alice");
    GetMaxSeqReq newest = GetMaxSeqReq.newBuilder().setUserID(alice.userId()).build();
    assertThatThrownBy(
            () -> rest.call(eve, "/msg/newest_seq", newest, GetMaxSeqResp.getDefaultInstance()))
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1002));
    GetServerTimeResp time =
        rest.call(
            eve,
            "/msg/get_server_time",
            GetServerTimeReq.getDefaultInstance(),
            GetServerTimeResp.getDefaultInstance());
    assertThat(time.getServerTime()).isBetween(1_700_000_000_000L, 5_000_000_000_000L);
  }
}
