package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.testkit.Eventually;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that a conversation id which several pairs of users, or a pair and a group, would have is
 * the first one's alone, by every request and route (messaging.md 1.2, Improve).
 */
@ExtendWith(SharedSystem.class)
class ConversationOwnerE2E {
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

  /** Two pairs with one conversation id: {@code 0X}, {@code b_zX} and {@code 0X_b}, {@code zX}. */
  private record Pairs(LoginOptions a, LoginOptions b, LoginOptions c, LoginOptions d) {
    static Pairs fresh() {
      String x = MessageIds.next().substring(0, 8);
      Pairs pairs =
          new Pairs(login("0" + x), login("b_z" + x), login("0" + x + "_b"), login("z" + x));
      assertThat(pairs.single(pairs.a, pairs.b)).isEqualTo(pairs.single(pairs.c, pairs.d));
      return pairs;
    }

    String single(LoginOptions one, LoginOptions other) {
      return ConversationId.single(one.userId(), other.userId()).value();
    }

    Pairs swapped() {
      return new Pairs(c, d, a, b);
    }
  }

  private static LoginOptions login(String userId) {
    return system.login(userId, Platform.ANDROID);
  }

  private static void assertOthers(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ImException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(1001);
              if (!refusal.detail().isEmpty()) {
                assertThat(refusal.detail()).contains("conversation belongs to others");
              }
            });
  }

  @Test
  void conversationIsThePairsThatSentFirst() {
    Pairs pairs = Pairs.fresh();
    playsFirst(pairs);
    playsFirst(Pairs.fresh().swapped());
  }

  private static void playsFirst(Pairs pairs) {
    String chat = pairs.single(pairs.a(), pairs.b());
    try (TestUser a = new TestUser(pairs.a());
        TestUser b = new TestUser(pairs.b());
        TestUser c = new TestUser(pairs.c());
        TestUser d = new TestUser(pairs.d())) {
      MsgData sent = a.text(b.id(), "ours");
      a.send(sent);
      assertThat(b.awaitPush().message().getClientMsgID()).isEqualTo(sent.getClientMsgID());

      assertOthers(() -> c.send(c.text(d.id(), "theirs")));
      assertOthers(() -> d.send(d.text(c.id(), "theirs")));
      for (TestUser other : List.of(c, d)) {
        for (String id : List.of(chat, "n_" + new ConversationId(chat).key())) {
          refusesEveryRead(other, id);
        }
        refusesEveryRoute(other.equals(c) ? pairs.c() : pairs.d(), chat);
        GetMaxSeqResp tops =
            other.request(
                ReqId.GET_MAX_SEQ,
                GetMaxSeqReq.newBuilder().setUserID(other.id()).build(),
                GetMaxSeqResp.parser());
        assertThat(tops.getMaxSeqsMap()).isEmpty();
        assertThat(other.waitingPushes()).isZero();
      }
      MsgData more = b.text(a.id(), "still ours");
      b.send(more);
      Eventually.eventually(() ->
          assertThat(a.pull(chat, 1, 10))
              .extracting(MsgData::getClientMsgID)
              .containsExactly(sent.getClientMsgID(), more.getClientMsgID()));
    }
  }

  private static void refusesEveryRead(TestUser user, String id) {
    assertOthers(() -> user.pull(id, 1, 10));
    // Also where the end is waited for.
    assertOthers(() -> user.pull(id, 1, 1_000_000));
    assertOthers(() ->
        user.request(
            ReqId.PULL_BY_SEQS,
            GetSeqMessageReq.newBuilder()
                .setUserID(user.id())
                .addConversations(ConversationSeqs.newBuilder().setConversationID(id).addSeqs(1))
                .build(),
            GetSeqMessageResp.parser()));
    assertOthers(() ->
        user.request(
            ReqId.READ_AND_MAX_SEQ,
            GetConversationsHasReadAndMaxSeqReq.newBuilder()
                .setUserID(user.id())
                .addConversationIDs(id)
                .build(),
            GetConversationsHasReadAndMaxSeqResp.parser()));
    assertOthers(() ->
        user.request(
            ReqId.LAST_MESSAGE,
            GetLastMessageReq.newBuilder().setUserID(user.id()).addConversationIDs(id).build(),
            GetLastMessageResp.parser()));
  }

  private static void refusesEveryRoute(LoginOptions user, String id) {
    assertOthers(() ->
        rest.call(
            user,
            "/msg/pull_msg_by_seq",
            PullMessageBySeqsReq.newBuilder()
                .setUserID(user.userId())
                .addSeqRanges(
                    SeqRange.newBuilder().setConversationID(id).setBegin(1).setEnd(5).setNum(5))
                .build(),
            PullMessageBySeqsResp.getDefaultInstance()));
    assertOthers(() ->
        rest.call(
            user,
            "/msg/get_conversations_has_read_and_max_seq",
            GetConversationsHasReadAndMaxSeqReq.newBuilder()
                .setUserID(user.userId())
                .addConversationIDs(id)
                .build(),
            GetConversationsHasReadAndMaxSeqResp.getDefaultInstance()));
    assertOthers(() ->
        rest.call(
            user,
            "/msg/set_conversation_has_read_seq",
            SetConversationHasReadSeqReq.newBuilder()
                .setUserID(user.userId())
                .setConversationID(id)
                .setHasReadSeq(1)
                .build(),
            SetConversationHasReadSeqResp.getDefaultInstance()));
  }

  private static GroupInfo createGroup(LoginOptions owner, String groupId) {
    return rest.call(
            owner,
            "/group/create_group",
            CreateGroupReq.newBuilder()
                .setOwnerUserID(owner.userId())
                .setGroupInfo(
                    GroupInfo.newBuilder()
                        .setGroupID(groupId)
                        .setGroupName("flock")
                        .setGroupType(2))
                .build(),
            CreateGroupResp.getDefaultInstance())
        .getGroupInfo();
  }

  private static MsgData toGroup(TestUser sender, String groupId) {
    return sender.text("", "to all").toBuilder().setSessionType(3).setGroupID(groupId).build();
  }

  @Test
  void groupWhoseNotificationsWouldBeAPairsIsNotMade() {
    Pairs pairs = Pairs.fresh();
    String key = new ConversationId(pairs.single(pairs.a(), pairs.b())).key();
    try (TestUser a = new TestUser(pairs.a())) {
      a.send(a.text(pairs.b().userId(), "ours"));
    }
    assertOthers(() -> createGroup(pairs.c(), key));
    // Of which nobody has been told yet: everyone's own notifications.
    String self = pairs.a().userId() + "_" + pairs.a().userId();
    assertOthers(() -> createGroup(pairs.c(), self));
  }

  @Test
  void pairWhoseNotificationsWouldBeAGroupsIsRefused() {
    Pairs pairs = Pairs.fresh();
    String chat = pairs.single(pairs.a(), pairs.b());
    String key = new ConversationId(chat).key();
    assertThat(createGroup(pairs.c(), key).getGroupID()).isEqualTo(key);
    try (TestUser a = new TestUser(pairs.a());
        TestUser c = new TestUser(pairs.c())) {
      assertOthers(() -> a.send(a.text(pairs.b().userId(), "ours")));
      refusesEveryRead(a, "n_" + key);
      MsgData sent = toGroup(c, key);
      SendMsgResp answer = c.send(sent);
      assertThat(answer.getServerMsgID()).isNotEmpty();
      Eventually.eventually(() ->
          assertThat(c.pull("sg_" + key, 1, 10))
              .extracting(MsgData::getClientMsgID)
              .contains(sent.getClientMsgID()));
    }
  }
}
