package im.hongyan.msg.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.msg.pull.PullFixture;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.receipts.GroupMessageReadCount;
import im.hongyan.proto.receipts.GroupMessageReadCountsReq;
import im.hongyan.proto.receipts.GroupMessageReadersReq;
import im.hongyan.proto.receipts.GroupMessageReadersResp;
import im.hongyan.proto.receipts.GroupReceiptsGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.relationclient.GroupMember;
import im.hongyan.relationclient.GroupView;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.MessageIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves whom the answers name as readers of a group's message, wherever the read positions are
 * kept, and that only its sender is answered.
 */
class GroupReceiptsIT extends PullFixture {
  private static final String APP_ADMIN = "imAdmin";

  private final String group = "g" + MessageIds.next().substring(0, 10);
  private final String chat = ConversationId.group(group).value();
  private final List<GroupMember> members = new ArrayList<>();
  private int status;

  @Override
  protected Feature[] features(Relations relations, UserReader users) {
    return new Feature[] {new GroupReceipts(this::view, users, relations, meters)};
  }

  private Optional<GroupView> view(GroupId id) {
    if (!id.value().equals(group)) {
      return Optional.empty();
    }
    return Optional.of(
        GroupView.of(
            id,
            GroupVersion.getDefaultInstance(),
            GroupState.newBuilder().setStatus(status).build(),
            members));
  }

  @BeforeEach
  void fill() {
    row(chat, 1);
    for (String id : List.of(user, "ann", "bea", "cid", "dot")) {
      members.add(new GroupMember(id, 20, 0, 1));
    }
    show(chat, List.of(from(user, 1), from(user, 2), from("ann", 3), from(user, 4)));
  }

  private MsgData from(String sender, long seq) {
    return MsgData.newBuilder()
        .setSendID(sender)
        .setGroupID(group)
        .setSessionType(3)
        .setSeq(seq)
        .setSendTime(1_000 * seq)
        .setContent(ByteString.copyFromUtf8("x"))
        .setStatus(2)
        .build();
  }

  private Mutation.Builder change() {
    return Mutation.newBuilder().setConversationId(chat);
  }

  private Mutation read(String reader, long seq) {
    return change().setRead(ReadMark.newBuilder().setUserId(reader).setSeq(seq)).build();
  }

  private GroupMessageReadersResp readers(String caller, GroupMessageReadersReq.Builder request) {
    return callAs(caller, GroupReceiptsGrpc.getReadersMethod(), request.setGroupID(group).build());
  }

  private List<String> readers(long seq, int filter) {
    GroupMessageReadersResp answer =
        readers(user, GroupMessageReadersReq.newBuilder().setSeq(seq).setFilter(filter));
    assertThat(answer.getCursor()).isEmpty();
    return answer.getUserIDsList();
  }

  private List<GroupMessageReadCount> counts(String caller, Long... seqs) {
    return callAs(
            caller,
            GroupReceiptsGrpc.getReadCountsMethod(),
            GroupMessageReadCountsReq.newBuilder()
                .setGroupID(group)
                .addAllSeqs(List.of(seqs))
                .build())
        .getCountsList();
  }

  private static GroupMessageReadCount count(long seq, int read, int unread) {
    return GroupMessageReadCount.newBuilder()
        .setSeq(seq)
        .setReadCount(read)
        .setUnreadCount(unread)
        .build();
  }

  private void refused(ImError error, Runnable call) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(call::run)
        .matches(failure -> failure.is(error), "is " + error);
  }

  @Test
  void readersAreThoseWhosePositionReachesTheMessage() {
    show(read("bea", 2));
    show(read("cid", 4));
    assertThat(readers(1, 0)).containsExactly("bea", "cid");
    assertThat(readers(1, 1)).containsExactly("ann", "dot");
    assertThat(readers(4, 0)).containsExactly("cid");
    assertThat(counts(user, 4L, 1L, 2L, 2L))
        .containsExactly(count(1, 2, 2), count(2, 2, 2), count(4, 1, 3));
  }

  @Test
  void positionsAreTakenFromHistoryWhereRedisHasThemNoMore() {
    show(read("bea", 2));
    history(chat, List.of(from(user, 1), from(user, 2), from("ann", 3), from(user, 4)));
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO seq_user (user_id, conversation_id, read_seq) VALUES ('dot', ?, 2)",
                chat));
    assertThat(readers(2, 0)).containsExactly("bea", "dot");
    assertThat(counts(user, 2L)).containsExactly(count(2, 2, 2));
  }

  /** All before his coming counts as read for a new member, who was no receiver of it. */
  @Test
  void whoJoinedLaterIsNeitherAReaderNorOneWhoHasNotRead() {
    relation.joinTimes.put("dot", 3_500L);
    show(change().setJoining(Joining.newBuilder().addUserIds("dot").setFromSeq(4)).build());
    assertThat(readers(1, 0)).isEmpty();
    assertThat(readers(1, 1)).containsExactly("ann", "bea", "cid");
    assertThat(readers(4, 1)).contains("dot");
    assertThat(counts(user, 1L, 4L)).containsExactly(count(1, 0, 3), count(4, 0, 4));
  }

  @Test
  void whoClearedTheConversationHasReadIt() {
    relation.joinTimes.put("dot", 500L);
    show(change().setClearing(Clearing.newBuilder().setUserId("dot").setThroughSeq(4)).build());
    assertThat(readers(1, 0)).containsExactly("dot");
    assertThat(counts(user, 1L)).containsExactly(count(1, 1, 3));
  }

  @Test
  void pagesHoldEveryMemberOnceAlsoWhereManyHaveNotRead() {
    members.clear();
    members.add(new GroupMember(user, 20, 0, 1));
    IntStream.range(0, 4_321)
        .mapToObj(i -> new GroupMember("m" + (7 * i % 4_321), 20, 0, 1))
        .forEach(members::add);
    List<String> readers = new ArrayList<>();
    for (int i = 3; i < 4_321; i += 40) {
      readers.add("m" + i);
      show(read("m" + i, 1));
    }
    for (int limit : List.of(1, 7, 1_000)) {
      List<String> found = new ArrayList<>();
      String cursor = "";
      do {
        GroupMessageReadersResp page =
            readers(
                user,
                GroupMessageReadersReq.newBuilder().setSeq(1).setLimit(limit).setCursor(cursor));
        assertThat(page.getUserIDsCount()).isLessThanOrEqualTo(limit);
        assertThat(page.getCursor()).isNotEqualTo(cursor);
        found.addAll(page.getUserIDsList());
        cursor = page.getCursor();
      } while (!cursor.isEmpty());
      assertThat(found).containsExactlyElementsOf(new TreeSet<>(readers));
    }
    assertThat(counts(user, 1L)).containsExactly(count(1, readers.size(), 4_321 - readers.size()));
  }

  @Test
  void onlyTheSenderAndAppAdminsAreAnswered() {
    refused(ImError.NO_PERMISSION, () -> readers(3, 0));
    refused(ImError.NO_PERMISSION, () -> counts(user, 1L, 3L));
    refused(ImError.NO_PERMISSION, () -> counts("stranger", 1L));
    GroupMessageReadersReq.Builder request = GroupMessageReadersReq.newBuilder().setSeq(3);
    assertThat(readers(APP_ADMIN, request.setFilter(1)).getUserIDsList())
        .containsExactlyInAnyOrder("bea", "cid", "dot", user);
    assertThat(counts(APP_ADMIN, 3L)).containsExactly(count(3, 0, 4));
  }

  @Test
  void whatIsNotThereIsRefused() {
    refused(ImError.RECORD_NOT_FOUND, () -> readers(5, 0));
    show(change().setDeletion(Deletion.newBuilder().addSeqs(1)).build());
    refused(ImError.RECORD_NOT_FOUND, () -> readers(1, 0));
    status = 2;
    refused(ImError.DISMISSED_ALREADY, () -> readers(2, 0));
    GroupMessageReadersReq unknown =
        GroupMessageReadersReq.newBuilder().setGroupID("none").setSeq(1).build();
    refused(
        ImError.RECORD_NOT_FOUND,
        () -> callAs(user, GroupReceiptsGrpc.getReadersMethod(), unknown));
  }
}
