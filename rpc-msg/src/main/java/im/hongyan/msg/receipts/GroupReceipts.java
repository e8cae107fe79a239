package im.hongyan.msg.receipts;

import com.google.common.collect.Lists;
import com.google.common.collect.Ordering;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.receipts.ReadPositions.Position;
import im.hongyan.msg.receipts.ReadPositions.SentMessage;
import im.hongyan.msg.relation.Groups;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.receipts.GroupMessageReadCount;
import im.hongyan.proto.receipts.GroupMessageReadCountsReq;
import im.hongyan.proto.receipts.GroupMessageReadCountsResp;
import im.hongyan.proto.receipts.GroupMessageReadersReq;
import im.hongyan.proto.receipts.GroupMessageReadersResp;
import im.hongyan.proto.receipts.GroupReceiptsGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relationclient.GroupMember;
import im.hongyan.relationclient.GroupView;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Who has read messages of a group (docs/protocol/messages.md, "Read receipts of groups"). Made of
 * the members' read positions when it is asked for. Safe for use by several threads; blocks.
 */
public final class GroupReceipts implements Feature {
  private static final int USUAL_LIMIT = 100;
  private static final int MEMBERS_A_LOOK = 500;
  private static final int LOOKS_A_PAGE = 4;

  /** In a larger group counting takes a while, so that few count at once. */
  private static final int LARGE = 2_000;

  private static final int COUNTING_AT_ONCE = 2;

  private static final Ordering<String> BY_ID = Ordering.from(Utf8Order.INSTANCE);

  private final Groups groups;
  private final UserReader reader;
  private final ReadPositions positions;
  private final ConcurrencyLimit counting;

  /** Creates the feature, with the limit {@code group_read_counts}. */
  public GroupReceipts(
      Groups groups, UserReader reader, Relations relations, MeterRegistry meters) {
    counting = new ConcurrencyLimit("group_read_counts", COUNTING_AT_ONCE, meters);
    this.groups = groups;
    this.reader = reader;
    positions = new ReadPositions(reader, relations);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(GroupReceiptsGrpc.getReadersMethod(), this::readers);
    rpcs.unary(GroupReceiptsGrpc.getReadCountsMethod(), this::counts);
  }

  private GroupMessageReadersResp readers(Caller caller, GroupMessageReadersReq request) {
    GroupView group = group(request.getGroupID());
    SentMessage message = messages(caller, group, List.of(request.getSeq())).getFirst();
    boolean read = request.getFilter() == 0;
    int limit = request.getLimit() == 0 ? USUAL_LIMIT : request.getLimit();
    List<String> found = new ArrayList<>();
    String cursor = request.getCursor();
    for (int look = 0; look < LOOKS_A_PAGE; look++) {
      List<UserId> next = membersAfter(group, cursor);
      for (Position position : positions.of(group.groupId(), next, message.seq())) {
        if (found.size() == limit) {
          return page(found, cursor);
        }
        cursor = position.user().value();
        if (position.counts(message) && position.hasRead(message) == read) {
          found.add(cursor);
        }
      }
      if (next.size() < MEMBERS_A_LOOK) {
        return page(found, "");
      }
    }
    return page(found, cursor);
  }

  private static GroupMessageReadersResp page(List<String> found, String cursor) {
    return GroupMessageReadersResp.newBuilder().addAllUserIDs(found).setCursor(cursor).build();
  }

  private static List<UserId> membersAfter(GroupView group, String cursor) {
    return BY_ID
        .leastOf(
            group.members().stream()
                .map(GroupMember::userId)
                .filter(id -> BY_ID.compare(id, cursor) > 0)
                .iterator(),
            MEMBERS_A_LOOK)
        .stream()
        .map(UserId::new)
        .toList();
  }

  private GroupMessageReadCountsResp counts(Caller caller, GroupMessageReadCountsReq request) {
    GroupView group = group(request.getGroupID());
    List<SentMessage> messages = messages(caller, group, new TreeSet<>(request.getSeqsList()));
    if (group.size() <= LARGE) {
      return count(group, messages);
    }
    if (!counting.enter()) {
      throw ImError.TOO_MANY_REQUESTS.bare();
    }
    try {
      return count(group, messages);
    } finally {
      counting.leave();
    }
  }

  private GroupMessageReadCountsResp count(GroupView group, List<SentMessage> messages) {
    int[] read = new int[messages.size()];
    int[] unread = new int[messages.size()];
    for (List<GroupMember> some : Lists.partition(group.members(), MEMBERS_A_LOOK)) {
      List<UserId> users = some.stream().map(member -> new UserId(member.userId())).toList();
      for (Position position : positions.of(group.groupId(), users, messages.getFirst().seq())) {
        for (int i = 0; i < read.length; i++) {
          if (position.counts(messages.get(i))) {
            (position.hasRead(messages.get(i)) ? read : unread)[i]++;
          }
        }
      }
    }
    GroupMessageReadCountsResp.Builder answer = GroupMessageReadCountsResp.newBuilder();
    for (int i = 0; i < read.length; i++) {
      answer.addCounts(
          GroupMessageReadCount.newBuilder()
              .setSeq(messages.get(i).seq())
              .setReadCount(read[i])
              .setUnreadCount(unread[i]));
    }
    return answer.build();
  }

  private GroupView group(String id) {
    GroupView group = groups.find(new GroupId(id)).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
    if (group.status() == GroupStatus.DISMISSED) {
      throw ImError.DISMISSED_ALREADY.bare();
    }
    return group;
  }

  /**
   * The messages, which the caller has sent and can read.
   *
   * @param seqs ascending
   * @throws im.hongyan.wire.error.ImException 1004 when one is not there for the caller; 1002 when
   *     another has sent it
   */
  private List<SentMessage> messages(Caller caller, GroupView group, Collection<Long> seqs) {
    UserId user = new UserId(caller.userId());
    String conversation = ConversationId.group(group.groupId().value()).value();
    boolean all = caller.privileged();
    if (!all && group.member(user).isEmpty()) {
      throw ImError.NO_PERMISSION.with("op user not in group");
    }
    ConversationAccess access = reader.access(user, conversation);
    List<Long> readable = seqs.stream().filter(access.bounds()::contains).toList();
    Map<Long, StoredMessage> page = reader.page(user, conversation, readable);
    List<SentMessage> messages = new ArrayList<>();
    for (Long seq : seqs) {
      StoredMessage stored = page.get(seq);
      MsgData message = stored == null ? null : stored.message();
      if (message == null) {
        throw ImError.RECORD_NOT_FOUND.with("msg not found");
      }
      if (!all && !message.getSendID().equals(caller.userId())) {
        throw ImError.NO_PERMISSION.with("only own messages");
      }
      messages.add(new SentMessage(seq, new UserId(message.getSendID()), message.getSendTime()));
    }
    return messages;
  }
}
