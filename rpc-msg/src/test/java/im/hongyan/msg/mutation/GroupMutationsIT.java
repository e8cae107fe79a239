package im.hongyan.msg.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import im.hongyan.kit.call.CallContext;
import im.hongyan.msg.pull.PullFixture;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.msg.send.LaneAcceptors.Accepted;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import io.grpc.ServerServiceDefinition;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves who may change what in a group, what is written for it and which hooks are called. The log
 * shows each mutation at once, as the sequencer would.
 */
class GroupMutationsIT extends PullFixture {
  private static final String APP_ADMIN = "imAdmin";

  private final String group = "g" + MessageIds.next().substring(0, 10);
  private final String chat = ConversationId.group(group).value();
  private final FakeRelations relations = new FakeRelations();
  private final List<InboundRecord> log = new ArrayList<>();
  private final List<String> hooked = new ArrayList<>();
  private ReadService reads;
  private RevokeService revokes;
  private DeleteService deletions;
  private ClearService clears;

  @Override
  protected List<ServerServiceDefinition> relationServices() {
    List<ServerServiceDefinition> all = new ArrayList<>(relations.services());
    all.addAll(super.relationServices());
    return all;
  }

  private final class RecordingHooks implements MessageHooks {
    @Override
    public void afterSingleRead(String id, String userId, List<Long> seqs, int type) {
      hooked.add("single " + id + " " + userId + " " + seqs + " " + type);
    }

    @Override
    public void afterGroupRead(String owner, String userId, long hasReadSeq, int type) {
      hooked.add("group " + owner + " " + userId + " " + hasReadSeq + " " + type);
    }

    @Override
    public void afterRevoke(String id, long seq, String userId) {
      hooked.add("revoke " + id + " " + seq + " " + userId);
    }
  }

  private final class ShowingLog implements Mutations.Log {
    @Override
    public CompletableFuture<Accepted> append(InboundRecord record) {
      log.add(record);
      if (record.hasMutation()) {
        show(record.getMutation());
      }
      return CompletableFuture.completedFuture(new Accepted(0, 0));
    }

    @Override
    public void awaitHandled(int lane, long inboundOffset) {}
  }

  @BeforeEach
  void build() {
    MessageHooks hooks = new RecordingHooks();
    ConversationAccessChecks checks =
        new ConversationAccessChecks(
            new Relations(locator), new UserReader(reader, stores, meters), Set.of(APP_ADMIN));
    Mutations mutations = new Mutations(new ShowingLog(), InstantSource.system());
    reads = new ReadService(checks, mutations, hooks);
    revokes = new RevokeService(checks, mutations, hooks);
    deletions = new DeleteService(checks, mutations);
    clears = new ClearService(checks, mutations);
    row(chat, 1);
    rows.add(
        Conversation.newBuilder()
            .setConversationID(chat)
            .setConversationType(3)
            .setGroupID(group)
            .build());
    show(
        chat,
        List.of(
            from("owner", 1), from("admin", 2), from("member", 3), from("left", 4), from(user, 5)));
    relations.role("owner", 100);
    relations.role("admin", 60);
    relations.role("member", 20);
  }

  private MsgData from(String sender, long seq) {
    return MsgData.newBuilder()
        .setSendID(sender)
        .setGroupID(group)
        .setSessionType(3)
        .setSeq(seq)
        .setSendTime(seq)
        .setClientMsgID("c" + seq)
        .setContent(ByteString.copyFromUtf8("x"))
        .setStatus(2)
        .build();
  }

  private void as(String caller, Runnable call) {
    try {
      CallContext.user("op", caller, "Android", "")
          .call(() -> {
            call.run();
            return true;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void refused(ImError error, Runnable call) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> as(user, call))
        .matches(refusal -> refusal.is(error));
  }

  private void revoke(long seq) {
    revokes.revoke(
        RevokeMsgReq.newBuilder().setConversationID(chat).setSeq(seq).setUserID(user).build());
  }

  private void delete(boolean other, Long... seqs) {
    deletions.delete(
        DeleteMsgsReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user)
            .addAllSeqs(List.of(seqs))
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncOther(other))
            .build());
  }

  private void clear(boolean other) {
    clears.clear(
        ClearConversationsMsgReq.newBuilder()
            .addConversationIDs(chat)
            .setUserID(user)
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncOther(other))
            .build());
  }

  @Test
  void anOrdinaryMemberRevokesOwnMessagesAlone() {
    relations.role(user, 20);
    for (long seq = 1; seq <= 4; seq++) {
      long others = seq;
      refused(ImError.NO_PERMISSION, () -> revoke(others));
    }
    as(user, () -> revoke(5));
    InboundRecord record = log.getFirst();
    assertThat(record.getMutation().getRevocation())
        .matches(kept -> kept.getRole() == 20 && kept.getNickname().equals("nick " + user));
    assertThat(record.getRecipientGroupId()).isEqualTo(group);
    assertThat(record.getCopies(0))
        .matches(copy -> copy.getConversationId().equals("n_" + group) && copy.getStored());
    assertThat(hooked).containsExactly("revoke " + chat + " 5 " + user);
  }

  @Test
  void anAdminRevokesWhatOrdinaryMembersAndThoseWhoLeftHaveSent() {
    relations.role(user, 60);
    refused(ImError.NO_PERMISSION, () -> revoke(1));
    refused(ImError.NO_PERMISSION, () -> revoke(2));
    as(user, () -> revoke(3));
    as(user, () -> revoke(4));
    refused(ImError.MSG_ALREADY_REVOKE, () -> revoke(3));
  }

  @Test
  void theOwnerRevokesEverything() {
    relations.role(user, 100);
    for (long seq = 1; seq <= 5; seq++) {
      long any = seq;
      as(user, () -> revoke(any));
    }
    assertThat(log).hasSize(5);
  }

  @Test
  void invariant14WhoIsNoMemberAnyMoreRevokesNothing() {
    refused(ImError.NO_PERMISSION, () -> revoke(5));
    refused(ImError.RECORD_NOT_FOUND, () -> revoke(6));
    assertThat(log).isEmpty();
  }

  @Test
  void anAppAdminRevokesInAnyonesName() {
    as(APP_ADMIN, () -> revoke(1));
    assertThat(log.getFirst().getMutation().getRevocation().getRole()).isZero();
    assertThat(log.getFirst().getCopies(0).getMessage().toStringUtf8())
        .contains("\\\"isAdminRevoke\\\":true", "\\\"revokerUserID\\\":\\\"" + APP_ADMIN);
  }

  @Test
  void forEverybodyDeleteSendersAndThoseWhoLeadTheGroup() {
    relations.role(user, 20);
    refused(ImError.NO_PERMISSION, () -> delete(true, 5L, 3L));
    as(user, () -> delete(true, 5L));
    Mutation erasure = log.getFirst().getMutation();
    assertThat(erasure.getDeletion().getSeqsList()).containsExactly(5L);
    assertThat(erasure.getDeletion().getTombstones(0).toStringUtf8()).contains("c5");
    assertThat(log.getFirst().getCopies(0).getConversationId()).isEqualTo("n_" + group);
    relations.role(user, 60);
    as(user, () -> delete(true, 1L, 3L, 5L));
    assertThat(log.getLast().getMutation().getDeletion().getSeqsList())
        .as("what is gone is not deleted again")
        .containsExactly(1L, 3L);
    refused(ImError.ARGS, () -> delete(true, 6L));
    refused(ImError.ARGS, () -> delete(false));
  }

  @Test
  void forEverybodyClearThoseWhoLeadTheGroup() {
    relations.role(user, 20);
    refused(ImError.NO_PERMISSION, () -> clear(true));
    as(user, () -> clear(false));
    assertThat(log).hasSize(1);
    assertThat(log.getFirst().getMutation().getClearing().getUserId()).isEqualTo(user);
    assertThat(log.getFirst().getCopies(0))
        .matches(
            copy -> !copy.getStored() && copy.getConversationId().equals("n_" + user + "_" + user));
    relations.role(user, 100);
    as(user, () -> clear(true));
    assertThat(log.get(1).getMutation().getClearing().getUserId()).isEmpty();
    assertThat(log.get(1).getRecipientGroupId()).isEqualTo(group);
    assertThat(log.get(2).getMutation().getRead().getSeq()).isEqualTo(5);
  }

  @Test
  void aGroupsReadMarksStayWithTheReader() {
    relations.role(user, 20);
    as(
        user,
        () ->
            reads.markConversation(
                MarkConversationAsReadReq.newBuilder()
                    .setConversationID(chat)
                    .setUserID(user)
                    .setHasReadSeq(4)
                    .build()));
    InboundRecord record = log.getFirst();
    assertThat(record.getMutation().getRead())
        .matches(read -> read.getSeq() == 4 && read.getMessageSeqsCount() == 0);
    assertThat(record.getRecipientsList()).containsExactly(user);
    assertThat(record.getCopies(0).getStored()).isFalse();
    as(
        user,
        () ->
            reads.markMessages(
                MarkMsgsAsReadReq.newBuilder()
                    .setConversationID(chat)
                    .setUserID(user)
                    .addSeqs(2)
                    .addSeqs(5)
                    .addSeqs(3)
                    .build()));
    assertThat(log.getLast().getCopies(0).getConversationId()).isEqualTo("n_" + group);
    assertThat(log.getLast().getMutation().getRead().getSeq()).isEqualTo(5);
    assertThat(hooked)
        .containsExactly(
            "group " + user + " " + user + " 4 3", "single " + chat + " " + user + " [2, 5, 3] 3");
  }

  @Test
  void nobodyChangesAnythingInAnothersName() {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> as("eve", () -> revoke(5)))
        .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> as("eve", () -> delete(false, 5L)))
        .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> as("eve", () -> clear(false)))
        .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    assertThat(log).isEmpty();
  }
}
