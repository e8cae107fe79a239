package im.hongyan.msg.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.messagelog.mysql.MySqlMessageTimes;
import im.hongyan.msg.pull.PullFixture;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.msg.send.LaneAcceptors.LanePlace;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetUserConversationMinSeqReq;
import im.hongyan.proto.msg.SetUserConversationsMinSeqReq;
import im.hongyan.proto.msg.UserClearAllMsgReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.AwaitedAnswer;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import io.grpc.MethodDescriptor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final List<InboundRecord> log = new ArrayList<>();
  private final List<String> hooked = new ArrayList<>();

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
    public CompletableFuture<LanePlace> append(InboundRecord record) {
      log.add(record);
      if (record.hasMutation()) {
        show(record.getMutation());
      }
      return CompletableFuture.completedFuture(new LanePlace(0, 0));
    }

    @Override
    public void awaitHandled(int lane, long inboundOffset) {}
  }

  @Override
  protected Feature[] features(Relations relations, UserReader users) {
    MessageHooks hooks = new RecordingHooks();
    ConversationAccessChecks checks = new ConversationAccessChecks(relations, users);
    Mutations mutations = new Mutations(new ShowingLog(), InstantSource.system());
    return new Feature[] {
      new Reads(checks, mutations, hooks),
      new Revocations(relations, checks, mutations, hooks),
      new Deletions(checks, mutations),
      new Clears(checks, mutations, new MySqlMessageTimes(mysql))
    };
  }

  @BeforeEach
  void fill() {
    relation.user(user);
    row(chat, 1);
    relation.row(
        user,
        Conversation.newBuilder()
            .setConversationID(chat)
            .setConversationType(3)
            .setGroupID(group)
            .build());
    show(
        chat,
        List.of(
            from("owner", 1), from("admin", 2), from("member", 3), from("left", 4), from(user, 5)));
    relation.role("owner", 100);
    relation.role("admin", 60);
    relation.role("member", 20);
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

  private void refused(ImError error, Runnable call) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(call::run)
        .matches(refusal -> refusal.is(error));
  }

  private void revoke(String caller, long seq) {
    callAs(
        caller,
        msgGrpc.getRevokeMsgMethod(),
        RevokeMsgReq.newBuilder().setConversationID(chat).setSeq(seq).setUserID(user).build());
  }

  private void delete(String caller, boolean other, Long... seqs) {
    callAs(
        caller,
        msgGrpc.getDeleteMsgsMethod(),
        DeleteMsgsReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user)
            .addAllSeqs(List.of(seqs))
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncOther(other))
            .build());
  }

  private void clear(String caller, boolean other) {
    callAs(
        caller,
        msgGrpc.getClearConversationsMsgMethod(),
        ClearConversationsMsgReq.newBuilder()
            .addConversationIDs(chat)
            .setUserID(user)
            .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncOther(other))
            .build());
  }

  @Test
  void anOrdinaryMemberRevokesOwnMessagesAlone() {
    relation.role(user, 20);
    for (long seq = 1; seq <= 4; seq++) {
      long others = seq;
      refused(ImError.NO_PERMISSION, () -> revoke(user, others));
    }
    revoke(user, 5);
    InboundRecord record = log.getFirst();
    assertThat(record.getMutation().getRevocation())
        .matches(kept -> kept.getRole() == 20 && kept.getNickname().equals("nick " + user));
    assertThat(record.getRecipientGroupId()).isEqualTo(group);
    assertThat(record.getCopies(0))
        .matches(copy -> copy.getConversationId().equals("n_" + group) && copy.getStored());
    assertThat(hooked).containsExactly("revoke " + chat + " 5 " + user);
  }

  @Test
  void anAdminRevokesWhatOrdinaryAndFormerMembersHaveSent() {
    relation.role(user, 60);
    refused(ImError.NO_PERMISSION, () -> revoke(user, 1));
    refused(ImError.NO_PERMISSION, () -> revoke(user, 2));
    revoke(user, 3);
    revoke(user, 4);
    refused(ImError.MSG_ALREADY_REVOKE, () -> revoke(user, 3));
  }

  @Test
  void theOwnerRevokesEverything() {
    relation.role(user, 100);
    for (long seq = 1; seq <= 5; seq++) {
      long any = seq;
      revoke(user, any);
    }
    assertThat(log).hasSize(5);
  }

  @Test
  void invariant14WhoIsNoMemberAnyMoreRevokesNothing() {
    refused(ImError.NO_PERMISSION, () -> revoke(user, 5));
    refused(ImError.RECORD_NOT_FOUND, () -> revoke(user, 6));
    assertThat(log).isEmpty();
  }

  @Test
  void anAppAdminRevokesInAnyonesName() {
    revoke(APP_ADMIN, 1);
    assertThat(log.getFirst().getMutation().getRevocation().getRole()).isZero();
    assertThat(log.getFirst().getCopies(0).getMessage().toStringUtf8())
        .contains("\\\"isAdminRevoke\\\":true", "\\\"revokerUserID\\\":\\\"" + APP_ADMIN);
  }

  @Test
  void forEverybodyDeleteSendersAndThoseWhoLeadTheGroup() {
    relation.role(user, 20);
    refused(ImError.NO_PERMISSION, () -> delete(user, true, 5L, 3L));
    delete(user, true, 5L);
    Mutation erasure = log.getFirst().getMutation();
    assertThat(erasure.getDeletion().getSeqsList()).containsExactly(5L);
    assertThat(erasure.getDeletion().getTombstones(0).toStringUtf8()).contains("c5");
    assertThat(log.getFirst().getCopies(0).getConversationId()).isEqualTo("n_" + group);
    relation.role(user, 60);
    delete(user, true, 1L, 3L, 5L);
    assertThat(log.getLast().getMutation().getDeletion().getSeqsList())
        .as("what is gone is not deleted again")
        .containsExactly(1L, 3L);
    refused(ImError.ARGS, () -> delete(user, true, 6L));
    refused(ImError.ARGS, () -> delete(user, false));
  }

  @Test
  void forEverybodyClearThoseWhoLeadTheGroup() {
    relation.role(user, 20);
    refused(ImError.NO_PERMISSION, () -> clear(user, true));
    clear(user, false);
    assertThat(log).hasSize(1);
    assertThat(log.getFirst().getMutation().getClearing().getUserId()).isEqualTo(user);
    assertThat(log.getFirst().getCopiesList()).as("rpc-relation sends 1300").isEmpty();
    relation.role(user, 100);
    clear(user, true);
    assertThat(log.get(1).getMutation().getClearing().getUserId()).isEmpty();
    assertThat(log.get(1).getRecipientGroupId()).isEqualTo(group);
    assertThat(log.get(2).getMutation().getRead().getSeq()).isEqualTo(5);
  }

  @Test
  void aGroupsReadMarksStayWithTheReader() {
    relation.role(user, 20);
    callAs(
        user,
        msgGrpc.getMarkConversationAsReadMethod(),
        MarkConversationAsReadReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user)
            .setHasReadSeq(4)
            .build());
    InboundRecord record = log.getFirst();
    assertThat(record.getMutation().getRead())
        .matches(read -> read.getSeq() == 4 && read.getMessageSeqsCount() == 0);
    assertThat(record.getRecipientsList()).containsExactly(user);
    assertThat(record.getCopies(0).getStored()).isFalse();
    callAs(
        user,
        msgGrpc.getMarkMsgsAsReadMethod(),
        MarkMsgsAsReadReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user)
            .addSeqs(2)
            .addSeqs(5)
            .addSeqs(3)
            .build());
    assertThat(log.getLast().getCopies(0).getConversationId()).isEqualTo("n_" + group);
    assertThat(log.getLast().getMutation().getRead().getSeq()).isEqualTo(5);
    assertThat(hooked)
        .containsExactly(
            "group " + user + " " + user + " 4 3", "single " + chat + " " + user + " [2, 5, 3] 3");
  }

  @Test
  void nobodyChangesAnythingInAnothersName() {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> revoke("eve", 5))
        .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> delete("eve", false, 5L))
        .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> clear("eve", false))
        .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    assertThat(log).isEmpty();
  }

  /** A call of each RPC whose route says that it echoes, and its request. */
  private Map<MethodDescriptor<?, ?>, Runnable> echoing(CallContext context) {
    DeleteSyncOpt own = DeleteSyncOpt.newBuilder().setIsSyncSelf(true).build();
    Map<MethodDescriptor<?, ?>, Runnable> calls = new LinkedHashMap<>();
    add(
        calls,
        context,
        msgGrpc.getMarkMsgsAsReadMethod(),
        MarkMsgsAsReadReq.newBuilder().setConversationID(chat).setUserID(user).addSeqs(2).build());
    add(
        calls,
        context,
        msgGrpc.getMarkConversationAsReadMethod(),
        MarkConversationAsReadReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user)
            .setHasReadSeq(3)
            .build());
    add(
        calls,
        context,
        msgGrpc.getSetConversationHasReadSeqMethod(),
        SetConversationHasReadSeqReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user)
            .setHasReadSeq(4)
            .build());
    add(
        calls,
        context,
        msgGrpc.getRevokeMsgMethod(),
        RevokeMsgReq.newBuilder().setConversationID(chat).setUserID(user).setSeq(5).build());
    add(
        calls,
        context,
        msgGrpc.getDeleteMsgsMethod(),
        DeleteMsgsReq.newBuilder()
            .setConversationID(chat)
            .setUserID(user)
            .addSeqs(4)
            .setDeleteSyncOpt(own)
            .build());
    add(
        calls,
        context,
        msgGrpc.getClearConversationsMsgMethod(),
        ClearConversationsMsgReq.newBuilder()
            .addConversationIDs(chat)
            .setUserID(user)
            .setDeleteSyncOpt(own)
            .build());
    add(
        calls,
        context,
        msgGrpc.getUserClearAllMsgMethod(),
        UserClearAllMsgReq.newBuilder().setUserID(user).setDeleteSyncOpt(own).build());
    return calls;
  }

  private <A, B> void add(
      Map<MethodDescriptor<?, ?>, Runnable> calls,
      CallContext context,
      MethodDescriptor<A, B> method,
      A request) {
    calls.put(method, () -> call(context, method, request));
  }

  @Test
  void whatACallCausesNamesItsCallerAndTheAnswerThatIsAwaited() {
    relation.role(user, 100);
    CallContext plain = CallContext.user("op", user, "Android", "");
    AwaitedAnswer awaited = AwaitedAnswer.newBuilder().setCallId("a-1").setUserId(user).build();
    Set<String> tried = new HashSet<>();
    echoing(plain.withAwaitedId("a-1"))
        .forEach((method, call) -> {
          log.clear();
          call.run();
          tried.add(method.getFullMethodName());
          assertThat(log)
              .as(method.getFullMethodName())
              .filteredOn(record -> record.getCopiesCount() > 0)
              .isNotEmpty()
              .extracting(InboundRecord::getAwaitedAnswer)
              .containsOnly(awaited);
        });
    assertThat(tried)
        .containsExactlyInAnyOrderElementsOf(
            Declarations.allRoutes().stream()
                .filter(route -> route.route().getEchoes())
                .map(route -> Declarations.name(Objects.requireNonNull(route.method())))
                .toList());
    log.clear();
    clear(user, false);
    assertThat(log).singleElement().matches(record -> !record.hasAwaitedAnswer());
  }

  /** One record of the log for each of them; a bound never falls. */
  @Test
  void servicesSetWhereReadingBegins() {
    SetUserConversationMinSeqReq request =
        SetUserConversationMinSeqReq.newBuilder()
            .setConversationID(chat)
            .addAllOwnerUserID(List.of(user, "member", user))
            .setMinSeq(3)
            .build();
    callAsService(msgGrpc.getSetUserConversationMinSeqMethod(), request);
    callAsService(
        msgGrpc.getSetUserConversationsMinSeqMethod(),
        SetUserConversationsMinSeqReq.newBuilder()
            .setConversationID(chat)
            .addUserIDs(user)
            .setSeq(5)
            .build());
    callAsService(
        msgGrpc.getSetUserConversationMinSeqMethod(), request.toBuilder().setMinSeq(1).build());
    assertThat(log)
        .extracting(record -> record.getMutation().getClearing())
        .extracting(clearing -> clearing.getUserId() + " " + clearing.getThroughSeq())
        .containsExactly(user + " 2", "member 2", user + " 4");
    refused(
        ImError.NO_PERMISSION,
        () -> callAs(APP_ADMIN, msgGrpc.getSetUserConversationMinSeqMethod(), request));
  }
}
