package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.ReqId;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.redis.RedisLaneCache;
import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.stream.LongStream;

/** Alice and Bob, and what Alice has sent to Bob; its creator closes it. */
record ChatPair(OwnSystem running, TestUser alice, TestUser bob, String conversation)
    implements AutoCloseable {
  /** Logs a new user in. */
  static LoginOptions login(SystemAddress system, String name) {
    return system.login(name + MessageIds.next().substring(0, 8), Platform.ANDROID);
  }

  static ChatPair talking(OwnSystem running, int messages) {
    TestUser alice = new TestUser(login(running.address(), "alice"));
    TestUser bob = new TestUser(login(running.address(), "bob"));
    for (int i = 1; i <= messages; i++) {
      alice.send(alice.text(bob.id(), "n" + i));
      alice.awaitPush();
      bob.awaitPush();
    }
    return new ChatPair(running, alice, bob, ConversationId.single(alice.id(), bob.id()).value());
  }

  String twin() {
    return new ConversationId(conversation).notificationTwin().value();
  }

  List<MsgData> pull(TestUser reader) {
    return reader.pull(conversation, 1, 100);
  }

  void revoke(TestUser by, long seq) {
    running.call(
        by.id(),
        msgGrpc.getRevokeMsgMethod(),
        RevokeMsgReq.newBuilder()
            .setConversationID(conversation)
            .setSeq(seq)
            .setUserID(by.id())
            .build());
  }

  void delete(TestUser by, boolean self, boolean other, Long... seqs) {
    running.call(
        by.id(),
        msgGrpc.getDeleteMsgsMethod(),
        DeleteMsgsReq.newBuilder()
            .setConversationID(conversation)
            .addAllSeqs(List.of(seqs))
            .setUserID(by.id())
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncSelf(self).setIsSyncOther(other))
            .build());
  }

  void clear(TestUser by, boolean other) {
    running.call(
        by.id(),
        msgGrpc.getClearConversationsMsgMethod(),
        ClearConversationsMsgReq.newBuilder()
            .addConversationIDs(conversation)
            .setUserID(by.id())
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncOther(other))
            .build());
  }

  Seqs seqs(TestUser reader) {
    return reader
        .request(
            ReqId.READ_AND_MAX_SEQ,
            GetConversationsHasReadAndMaxSeqReq.newBuilder()
                .setUserID(reader.id())
                .addConversationIDs(conversation)
                .build(),
            GetConversationsHasReadAndMaxSeqResp.parser())
        .getSeqsOrThrow(conversation);
  }

  GetLastMessageResp last(TestUser reader) {
    return reader.request(
        ReqId.LAST_MESSAGE,
        GetLastMessageReq.newBuilder()
            .setUserID(reader.id())
            .addConversationIDs(conversation)
            .build(),
        GetLastMessageResp.parser());
  }

  GetSeqMessageResp bySeqs(TestUser reader, long... seqs) {
    return reader.request(
        ReqId.PULL_BY_SEQS,
        GetSeqMessageReq.newBuilder()
            .setUserID(reader.id())
            .addConversations(
                ConversationSeqs.newBuilder()
                    .setConversationID(conversation)
                    .addAllSeqs(LongStream.of(seqs).boxed().toList()))
            .build(),
        GetSeqMessageResp.parser());
  }

  /** Looks three times: at once, when history has it and Redis forgot, and out of history. */
  void always(Runnable look) {
    look.run();
    awaitHistory();
    forget();
    look.run();
    Redis.await(running.stores().redis().commands().flushall());
    eventually(look::run);
  }

  private int lane() {
    return im.hongyan.wire.id.Lane.of(new ConversationId(conversation), 4);
  }

  void awaitHistory() {
    long position = new RedisLaneCache(running.stores().redis()).state(lane()).position();
    HistoryStore history = new MySqlHistoryStore(running.stores().mysql());
    eventually(
        () -> assertThat(history.position(lane()).getOffset()).isGreaterThanOrEqualTo(position));
  }

  /** Takes caches and overlay out of Redis, as time does. */
  void forget() {
    for (String kind : List.of("m", "o", "q", "r")) {
      Redis.await(running.stores().redis().commands().keys("*:" + kind + ":" + conversation))
          .forEach(key -> Redis.await(running.stores().redis().commands().del(key)));
    }
  }

  @Override
  public void close() {
    alice.close();
    bob.close();
  }
}
