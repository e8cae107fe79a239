package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.ReqId;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.mongo.MongoInboxStore;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.redis.RedisLaneCache;
import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Property: whatever two users send, read, revoke, delete and clear, both find what the plain rules
 * say: out of Redis, out of the inbox, out of history alone, and after Redis was emptied. The seed
 * is in every failure's description.
 */
class MutationModelE2E {
  private static final int STEPS = 150;
  private static final int LOOK_EVERY = 10;

  private final long seed = TestSeeds.choose();
  private final Random random = new Random(seed);
  private final ChatModel model = new ChatModel();
  private OwnSystem system;
  private TestUser alice;
  private TestUser bob;
  private String chat;

  @BeforeEach
  void start() {
    system = OwnSystem.start();
    alice = user("alice");
    bob = user("bob");
    chat = ConversationId.single(alice.id(), bob.id()).value();
  }

  private TestUser user(String name) {
    String id = name + MessageIds.next().substring(0, 8);
    return new TestUser(system.address().login(id, Platform.ANDROID));
  }

  @AfterEach
  void stop() {
    alice.close();
    bob.close();
    system.close();
  }

  @Test
  void invariant19RandomChangesReadTheSameFromEveryStore() {
    for (int step = 1; step <= STEPS; step++) {
      TestUser user = random.nextBoolean() ? alice : bob;
      step(user, user == alice ? bob : alice);
      if (step % LOOK_EVERY == 0) {
        look("step " + step);
      }
    }
    look("out of the cache");
    awaitWriters();
    forget();
    look("out of the inbox");
    new MongoInboxStore(system.stores().mongo())
        .remove(chat, LongStream.rangeClosed(1, model.last()).boxed().toList());
    forget();
    look("out of history alone");
    Redis.await(system.stores().redis().commands().flushall());
    eventually(() -> look("after Redis was emptied"));
  }

  private void step(TestUser user, TestUser peer) {
    int dice = random.nextInt(100);
    boolean nothing = model.first(user.id()) > model.last();
    if (dice < 45 || nothing) {
      send(user, peer);
    } else if (dice < 60) {
      revoke(user, any(user));
    } else if (dice < 70) {
      delete(user, any(user), false);
    } else if (dice < 82) {
      delete(user, any(user), true);
    } else if (dice < 96) {
      read(user, any(user));
    } else {
      clear(user, dice == 99);
    }
  }

  private long any(TestUser user) {
    long first = model.first(user.id());
    return first + random.nextLong(model.last() - first + 1);
  }

  private void send(TestUser user, TestUser peer) {
    MsgData message = user.text(peer.id(), "words");
    long sent = user.send(message).getSendTime();
    model.send(user.id(), message.getClientMsgID(), sent);
    long last = model.last();
    eventually(() -> assertThat(top()).isEqualTo(last));
  }

  private long top() {
    LaneCache cache = new RedisLaneCache(system.stores().redis());
    int lane = Lane.of(new ConversationId(chat), 4);
    var tops = cache.seqs(lane, cache.state(lane).generation(), List.of(chat)).values();
    LaneCache.Top top = tops == null ? null : tops.get(chat);
    return top == null ? 0 : top.seq();
  }

  private void revoke(TestUser user, long seq) {
    if (!model.sentBy(seq, user.id()) || model.erased(seq) || model.revoked(seq)) {
      return;
    }
    system.call(
        user.id(),
        msgGrpc.getRevokeMsgMethod(),
        RevokeMsgReq.newBuilder().setConversationID(chat).setSeq(seq).setUserID(user.id()).build());
    model.revoke(seq);
  }

  private void delete(TestUser user, long seq, boolean everybody) {
    if (everybody && !model.sentBy(seq, user.id())) {
      return;
    }
    system.call(
        user.id(),
        msgGrpc.getDeleteMsgsMethod(),
        DeleteMsgsReq.newBuilder()
            .setConversationID(chat)
            .addSeqs(seq)
            .setUserID(user.id())
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncOther(everybody))
            .build());
    if (everybody) {
      model.erase(seq);
    } else {
      model.delete(user.id(), seq);
    }
  }

  private void read(TestUser user, long seq) {
    system.call(
        user.id(),
        msgGrpc.getMarkConversationAsReadMethod(),
        MarkConversationAsReadReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user.id())
            .setHasReadSeq(seq)
            .build());
    model.readTo(user.id(), seq);
  }

  private void clear(TestUser user, boolean everybody) {
    system.call(
        user.id(),
        msgGrpc.getClearConversationsMsgMethod(),
        ClearConversationsMsgReq.newBuilder()
            .addConversationIDs(chat)
            .setUserID(user.id())
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncOther(everybody))
            .build());
    if (everybody) {
      model.clearForAll(user.id());
    } else {
      model.clear(user.id());
    }
  }

  private void look(String when) {
    for (TestUser user : List.of(alice, bob)) {
      String what = TestSeeds.name(seed) + ", " + when + ", " + user.id();
      assertThat(user.pull(chat, 1, model.last()))
          .as(what)
          .extracting(ChatModel::line)
          .containsExactlyElementsOf(model.view(user.id()));
      assertThat(hasRead(user)).as("read position, " + what).isEqualTo(model.read(user.id()));
    }
  }

  private long hasRead(TestUser user) {
    return user.request(
            ReqId.READ_AND_MAX_SEQ,
            GetConversationsHasReadAndMaxSeqReq.newBuilder()
                .setUserID(user.id())
                .addConversationIDs(chat)
                .build(),
            GetConversationsHasReadAndMaxSeqResp.parser())
        .getSeqsOrThrow(chat)
        .getHasReadSeq();
  }

  private void awaitWriters() {
    int lane = Lane.of(new ConversationId(chat), 4);
    long position = new RedisLaneCache(system.stores().redis()).state(lane).position();
    HistoryStore history = new MySqlHistoryStore(system.stores().mysql());
    InboxStore inbox = new MongoInboxStore(system.stores().mongo());
    eventually(() -> {
      assertThat(history.position(lane).getOffset()).isGreaterThanOrEqualTo(position);
      assertThat(inbox.position(lane).getOffset()).isGreaterThanOrEqualTo(position);
    });
  }

  private void forget() {
    for (String kind : List.of("m", "o", "q", "r")) {
      Redis.await(system.stores().redis().commands().keys("*:" + kind + ":" + chat))
          .forEach(key -> Redis.await(system.stores().redis().commands().del(key)));
    }
  }
}
