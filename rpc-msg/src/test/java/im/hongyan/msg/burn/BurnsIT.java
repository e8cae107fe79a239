package im.hongyan.msg.burn;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.messagelog.mysql.BurnDueStore;
import im.hongyan.msg.mutation.ConversationAccessChecks;
import im.hongyan.msg.mutation.Deletions;
import im.hongyan.msg.mutation.Mutations;
import im.hongyan.msg.pull.PullFixture;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.msg.send.LaneAcceptors.LanePlace;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves what burning puts into the log, for whom, and that a process which dies at any place
 * leaves nothing undone and nothing done twice. The log drops what has the id of another, as the
 * sequencer does, and shows each mutation at once.
 */
class BurnsIT extends PullFixture {
  private static final long MINUTE = 60_000;

  private final String peer = "p" + MessageIds.next().substring(0, 8);
  private final String chat = ConversationId.single(user, peer).value();
  private final String group = "g" + MessageIds.next().substring(0, 10);
  private final String groupChat = ConversationId.group(group).value();
  private final List<InboundRecord> log = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();
  private final SimpleMeterRegistry counted = new SimpleMeterRegistry();
  private long now = 1_000_000;
  private int failing;

  /** Made with the features, before each test. */
  @SuppressWarnings("NullAway.Init")
  private Burns burns;

  private final class DroppingLog implements Mutations.Log {
    @Override
    public CompletableFuture<LanePlace> append(InboundRecord record) {
      if (failing == 1) {
        return CompletableFuture.failedFuture(new StoreUnavailableException("away"));
      }
      failing--;
      if (taken.add(record.getSendId() + " " + record.getClientMsgId())) {
        log.add(record);
        if (record.hasMutation()) {
          show(record.getMutation());
        }
      }
      return CompletableFuture.completedFuture(new LanePlace(0, 0));
    }

    @Override
    public void awaitHandled(int lane, long inboundOffset) {}
  }

  @Override
  protected Feature[] features(Relations relations, UserReader users) {
    Deletions deletions =
        new Deletions(
            new ConversationAccessChecks(relations, users),
            new Mutations(new DroppingLog(), () -> Instant.ofEpochMilli(now)));
    burns = new Burns(new BurnDueStore(mysql), deletions, () -> Instant.ofEpochMilli(now), counted);
    return new Feature[] {deletions};
  }

  @BeforeEach
  void fill() {
    mysql.jdbi().useHandle(handle -> handle.execute("DELETE FROM burn_due"));
    row(chat, 1);
    row(groupChat, 1);
    show(chat, List.of(message(1, 1), message(2, 1), message(3, 1)));
    show(groupChat, List.of(message(1, 3), message(2, 3), message(3, 3)));
  }

  private MsgData message(long seq, int sessionType) {
    MsgData.Builder message =
        MsgData.newBuilder()
            .setSendID(peer)
            .setSessionType(sessionType)
            .setClientMsgID("c" + seq)
            .setSeq(seq)
            .setSendTime(1_000 * seq)
            .setStatus(2)
            .setContent(ByteString.copyFromUtf8("x"));
    return sessionType == 1 ? message.setRecvID(user).build() : message.setGroupID(group).build();
  }

  private void due(String conversation, String forUser, long at, Long... seqs) {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO burn_due (conversation_id, user_id, seqs, due_at)"
                    + " VALUES (?, ?, ?, ?)",
                MySql.id(conversation),
                MySql.id(forUser),
                Deletion.newBuilder().addAllSeqs(List.of(seqs)).build().toByteArray(),
                at));
  }

  private Deletion deletion(int record) {
    return log.get(record).getMutation().getDeletion();
  }

  private static String text(MsgData message) {
    return message.getContent().toStringUtf8();
  }

  private static MsgData notification(InboundRecord record) {
    try {
      return MsgData.parseFrom(record.getCopies(0).getMessage());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSingleChatsMessagesGoForBothSidesWithOneRecord() {
    due(chat, "", now, 1L, 2L);
    due(chat, "", now + 1, 3L);
    burns.run();
    assertThat(log).hasSize(1);
    assertThat(deletion(0).getSeqsList()).containsExactly(1L, 2L);
    assertThat(deletion(0).getUserId()).isEmpty();
    assertThat(deletion(0).getTombstonesCount()).isEqualTo(2);
    InboundRecord record = log.getFirst();
    assertThat(record.getRecipientsList()).containsExactlyInAnyOrder(user, peer);
    assertThat(record.getCopies(0).getStored()).isTrue();
    assertThat(record.getCopies(0).getConversationId())
        .isEqualTo(new ConversationId(chat).notificationTwin().value());
    assertThat(notification(record).getContentType()).isEqualTo(2102);
    assertThat(text(notification(record))).contains("[1,2]").contains(peer);
    now++;
    burns.run();
    assertThat(deletion(1).getSeqsList()).containsExactly(3L);
    burns.run();
    assertThat(log).hasSize(2);
    assertThat(counted.counter("messages_burned").count()).isEqualTo(3);
  }

  @Test
  void aGroupsMemberLosesItAloneAndItsOwnDevicesAreNotified() {
    due(groupChat, user, now, 2L, 3L);
    burns.run();
    assertThat(log).hasSize(2);
    assertThat(deletion(0).getUserId()).isEqualTo(user);
    assertThat(deletion(0).getSeqsList()).containsExactly(2L, 3L);
    assertThat(deletion(0).getTombstonesCount()).isZero();
    assertThat(log.get(1).getRecipientsList()).containsExactly(user);
    assertThat(notification(log.get(1)).getContentType()).isEqualTo(2102);
  }

  @Test
  void whatIsGoneOrCannotBeReadIsPassedOver() {
    show(
        Mutation.newBuilder()
            .setConversationId(chat)
            .setDeletion(Deletion.newBuilder().addSeqs(2))
            .build());
    show(
        Mutation.newBuilder()
            .setConversationId(chat)
            .setClearing(Clearing.newBuilder().setThroughSeq(1))
            .build());
    due(chat, "", now, 1L, 2L);
    due(chat, "", now, 2L, 3L);
    due(groupChat, "stranger" + user, now, 1L);
    burns.run();
    assertThat(log).hasSize(1);
    assertThat(deletion(0).getSeqsList()).containsExactly(3L);
    assertThat(new BurnDueStore(mysql).oldest()).isEmpty();
  }

  /** Where a process dies behind the append, before its row is gone. */
  @Test
  void whatIsDoneTwiceIsInTheLogOnce() {
    for (int i = 0; i < 2; i++) {
      due(chat, "", now, 1L);
      due(groupChat, user, now, 2L);
      burns.run();
    }
    assertThat(log.stream().filter(record -> record.getCopiesCount() > 0)).hasSize(2);
  }

  /** The sequencer has not come to the first record when the lease of the one who died ends. */
  @Test
  void aRecordThatIsOnItsWayIsDroppedTheSecondTime() {
    due(chat, "", now, 1L, 2L);
    burns.run();
    InboundRecord first = log.removeFirst();
    expireMarks();
    due(chat, "", now, 1L, 2L);
    burns.run();
    assertThat(log).isEmpty();
    assertThat(first.getClientMsgId()).startsWith("burn_").hasSizeLessThan(128);
  }

  private void expireMarks() {
    expire(chat);
    show(chat, List.of(message(1, 1), message(2, 1), message(3, 1)));
  }

  @Test
  void whatFailsIsDoneByWhoeverComesWhenTheLeaseEnds() {
    failing = 2;
    due(groupChat, user, now, 1L);
    burns.run();
    assertThat(log).as("the deletion, not its notification").hasSize(1);
    failing = 0;
    now += MINUTE - 1;
    burns.run();
    assertThat(log).hasSize(1);
    now++;
    burns.run();
    assertThat(log.stream().filter(record -> record.getCopiesCount() > 0)).hasSize(1);
    assertThat(new BurnDueStore(mysql).oldest()).isEmpty();
  }

  @Test
  void whatIsNotVisibleYetWaits() {
    due(chat, "", now, 4L);
    burns.run();
    assertThat(log).isEmpty();
    show(chat, List.of(message(4, 1)));
    now += MINUTE;
    burns.run();
    assertThat(deletion(0).getSeqsList()).containsExactly(4L);
  }
}
