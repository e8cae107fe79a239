package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.testkit.system.TestUser.Pushed;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves the invariants of messaging.md 10.2 that show while nothing fails, through the sockets of
 * a running system: several devices send into one conversation at once.
 */
@ExtendWith(SharedSystem.class)
class InvariantsE2E {
  private static final int DEVICES = 4;
  private static final int MESSAGES = 60;

  private static RunningSystem running;
  private static SystemAddress system;

  @BeforeAll
  static void start(RunningSystem shared) {
    running = shared;
    system = shared.address();
  }

  private static String fresh(String name) {
    return name + MessageIds.next().substring(0, 8);
  }

  private static TestUser user(String id, Platform platform) {
    return new TestUser(system.login(id, platform));
  }

  /** Devices of alice, and how each one's messages follow each other. */
  private record Talk(String conversation, List<List<MsgData>> sent, List<SendMsgResp> replies) {
    List<MsgData> all() {
      return sent.stream().flatMap(List::stream).toList();
    }
  }

  /** All devices send to bob at once, each one message after the other. */
  private static Talk talk(String aliceId, String bobId) {
    List<Platform> platforms = List.of(Platform.IOS, Platform.WINDOWS, Platform.WEB, Platform.IPAD);
    List<SendMsgResp> replies = Collections.synchronizedList(new ArrayList<>());
    List<TestUser> devices = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<List<MsgData>>> work = new ArrayList<>();
      for (int i = 0; i < DEVICES; i++) {
        TestUser device = user(aliceId, platforms.get(i));
        devices.add(device);
        String name = "device " + i;
        work.add(() -> {
          List<MsgData> sent = new ArrayList<>();
          for (int number = 0; number < MESSAGES; number++) {
            MsgData message = device.text(bobId, name + ", " + number);
            replies.add(device.send(message));
            sent.add(message);
          }
          return sent;
        });
      }
      List<List<MsgData>> sent = new ArrayList<>();
      for (Future<List<MsgData>> done : threads.invokeAll(work)) {
        sent.add(done.get());
      }
      return new Talk(ConversationId.single(aliceId, bobId).value(), sent, List.copyOf(replies));
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      devices.forEach(TestUser::close);
    }
  }

  private static List<MsgData> pullAll(TestUser reader, String conversation, int count) {
    return Eventually.value(() -> {
      List<MsgData> messages = new ArrayList<>();
      for (long from = 1; from <= count; from += 100) {
        messages.addAll(reader.pull(conversation, from, Math.min(count, from + 99)));
      }
      assertThat(messages).hasSize(count);
      return messages;
    });
  }

  @Test
  void invariant01And02SeqsAreUniqueDenseAndInTheOrderOfEachSender() {
    String bobId = fresh("bob");
    try (TestUser bob = user(bobId, Platform.ANDROID)) {
      Talk talk = talk(fresh("alice"), bobId);
      int count = DEVICES * MESSAGES;
      List<MsgData> read = pullAll(bob, talk.conversation(), count);
      assertThat(read)
          .extracting(MsgData::getSeq)
          .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
      List<String> order = read.stream().map(MsgData::getClientMsgID).toList();
      assertThat(order).doesNotHaveDuplicates();
      for (List<MsgData> ofDevice : talk.sent()) {
        assertThat(order)
            .containsSubsequence(ofDevice.stream().map(MsgData::getClientMsgID).toList());
      }
      assertThat(bob.pull(talk.conversation(), count + 1, count + 1)).as("beyond").isEmpty();
    }
  }

  @Test
  void invariant03TheHighestSeqIsReadableAndNeverFalls() throws Exception {
    String bobId = fresh("bob");
    String aliceId = fresh("alice");
    String conversation = ConversationId.single(aliceId, bobId).value();
    try (TestUser bob = user(bobId, Platform.ANDROID);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Talk> talk = threads.submit(() -> talk(aliceId, bobId));
      GetMaxSeqReq request = GetMaxSeqReq.newBuilder().setUserID(bobId).build();
      long last = 0;
      while (!talk.isDone() || last < DEVICES * MESSAGES) {
        GetMaxSeqResp answer = bob.request(ReqId.GET_MAX_SEQ, request, GetMaxSeqResp.parser());
        long max = answer.getMaxSeqsMap().getOrDefault(conversation, 0L);
        assertThat(max).isGreaterThanOrEqualTo(last);
        if (max > 0) {
          List<MsgData> newest = bob.pull(conversation, max, max);
          assertThat(newest).hasSize(1);
          assertThat(newest.getFirst().getSeq()).isEqualTo(max);
          assertThat(newest.getFirst().getStatus()).isEqualTo(2);
        }
        last = max;
      }
      talk.get();
    }
  }

  @Test
  void invariant05And06TheSameMessageFromManyThreadsIsStoredOnce() throws Exception {
    String bobId = fresh("bob");
    try (TestUser alice = user(fresh("alice"), Platform.IOS);
        TestUser desk = user(alice.id(), Platform.WINDOWS);
        TestUser bob = user(bobId, Platform.ANDROID);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      MsgData message = alice.text(bobId, "once");
      List<Callable<SendMsgResp>> sends = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        TestUser device = i % 2 == 0 ? alice : desk;
        sends.add(() -> device.send(message));
      }
      Set<SendMsgResp> replies = new HashSet<>();
      for (Future<SendMsgResp> reply : threads.invokeAll(sends)) {
        replies.add(reply.get());
      }
      assertThat(replies).hasSize(1);
      MsgData last = alice.text(bobId, "last");
      alice.send(last);
      assertThat(bob.awaitPush().message().getClientMsgID()).isEqualTo(message.getClientMsgID());
      assertThat(bob.awaitPush().message().getClientMsgID()).isEqualTo(last.getClientMsgID());
    }
  }

  @Test
  void invariant07EveryCopyCarriesTheIdsOfTheReply() {
    try (TestUser alice = user(fresh("alice"), Platform.IOS);
        TestUser bob = user(fresh("bob"), Platform.ANDROID);
        StoredMessages stored = StoredMessages.of(running.data())) {
      MsgData message = alice.text(bob.id(), "everywhere the same");
      SendMsgResp reply = alice.send(message);
      Pushed pushed = bob.awaitPush();
      List<Long> one = List.of(1L);
      List<MsgData> copies = new ArrayList<>();
      copies.add(pushed.message());
      copies.add(alice.awaitPush().message());
      copies.addAll(bob.pull(pushed.conversationId(), 1, 1));
      Eventually.eventually(
          () -> assertThat(stored.history(pushed.conversationId(), one)).hasSize(1));
      Eventually.eventually(
          () -> assertThat(stored.inbox(pushed.conversationId(), one)).hasSize(1));
      copies.addAll(stored.history(pushed.conversationId(), one));
      copies.addAll(stored.inbox(pushed.conversationId(), one));
      assertThat(copies)
          .hasSize(5)
          .allSatisfy(copy -> {
            assertThat(copy.getServerMsgID()).isEqualTo(reply.getServerMsgID());
            assertThat(copy.getSendTime()).isEqualTo(reply.getSendTime());
            assertThat(copy.getClientMsgID()).isEqualTo(message.getClientMsgID());
            assertThat(copy.getSeq()).isEqualTo(1);
          });
    }
  }

  @Test
  void invariant08PushesComeInTheOrderOfSeqsAndNeverBeforeTheyCanBePulled() {
    String bobId = fresh("bob");
    try (TestUser bob = user(bobId, Platform.ANDROID);
        TestUser desk = user(bobId, Platform.WINDOWS)) {
      Talk talk = talk(fresh("alice"), bobId);
      for (TestUser device : List.of(bob, desk)) {
        for (long seq = 1; seq <= talk.all().size(); seq++) {
          Pushed push = device.awaitPush();
          assertThat(push.message().getSeq()).isEqualTo(seq);
          if (seq % 40 == 0) {
            assertThat(device.pull(push.conversationId(), seq, seq))
                .extracting(MsgData::getClientMsgID)
                .containsExactly(push.message().getClientMsgID());
          }
        }
      }
    }
  }

  @Test
  void invariant18BothSidesRowsAreThereBeforeTheFirstMessageShows() {
    try (TestUser alice = user(fresh("alice"), Platform.IOS)) {
      for (int i = 0; i < 20; i++) {
        try (TestUser bob = user(fresh("bob"), Platform.ANDROID)) {
          MsgData first = alice.text(bob.id(), "first");
          alice.send(first);
          Pushed push = bob.awaitPush();
          for (TestUser side : List.of(bob, alice)) {
            assertThat(side.pull(push.conversationId(), 1, 1))
                .as("readable by %s", side.id())
                .extracting(MsgData::getClientMsgID)
                .containsExactly(first.getClientMsgID());
            GetMaxSeqReq request = GetMaxSeqReq.newBuilder().setUserID(side.id()).build();
            assertThat(
                    side.request(ReqId.GET_MAX_SEQ, request, GetMaxSeqResp.parser())
                        .getMaxSeqsMap())
                .containsEntry(push.conversationId(), 1L);
          }
        }
      }
    }
  }
}
