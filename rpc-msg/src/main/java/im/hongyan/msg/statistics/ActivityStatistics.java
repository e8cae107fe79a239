package im.hongyan.msg.statistics;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.statistics.MessageStatistics;
import im.hongyan.messagelog.statistics.MessageStatistics.Answer;
import im.hongyan.messagelog.statistics.MessageStatistics.By;
import im.hongyan.messagelog.statistics.MessageStatistics.Count;
import im.hongyan.messagelog.statistics.MessageStatistics.Question;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.ActiveGroup;
import im.hongyan.proto.msg.ActiveUser;
import im.hongyan.proto.msg.GetActiveGroupReq;
import im.hongyan.proto.msg.GetActiveGroupResp;
import im.hongyan.proto.msg.GetActiveUserReq;
import im.hongyan.proto.msg.GetActiveUserResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many messages users and groups sent, for administrators (rest-message.md 8). A message counts
 * for good, whatever becomes of it. One question is answered at a time, since its answer is made of
 * all who sent. Safe for use by several threads; may block.
 */
public final class ActivityStatistics implements Feature {
  private static final int WAIT_SECONDS = 5;
  private static final int MAX_SHOWN = 1_000;

  private final MessageStatistics statistics;
  private final Relations relations;
  private final Semaphore turn = new Semaphore(1, true);

  /** Creates the feature. */
  public ActivityStatistics(MessageStatistics statistics, Relations relations) {
    this.statistics = statistics;
    this.relations = relations;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getGetActiveUserMethod(), this::users);
    rpcs.unary(msgGrpc.getGetActiveGroupMethod(), this::groups);
  }

  private GetActiveUserResp users(Caller caller, GetActiveUserReq request) {
    Answer counted =
        inTurn(
            question(
                request.getGroup() ? By.SENDER : By.SENDER_OF_SINGLE,
                request.getStart(),
                request.getEnd(),
                request.getAse(),
                request.getPagination()));
    Map<String, UserInfo> users = relations.users(ids(counted));
    return GetActiveUserResp.newBuilder()
        .setMsgCount(counted.messages())
        .setUserCount(counted.ids())
        .putAllDateCount(counted.byDay())
        .addAllUsers(counted.page().stream().map(count -> user(count, users)).toList())
        .build();
  }

  /** One who is gone has the id as a name. */
  private static ActiveUser user(Count count, Map<String, UserInfo> users) {
    UserInfo gone = UserInfo.newBuilder().setUserID(count.id()).setNickname(count.id()).build();
    return ActiveUser.newBuilder()
        .setUser(users.getOrDefault(count.id(), gone))
        .setCount(count.messages())
        .build();
  }

  private GetActiveGroupResp groups(Caller caller, GetActiveGroupReq request) {
    Answer counted =
        inTurn(
            question(
                By.GROUP,
                request.getStart(),
                request.getEnd(),
                request.getAse(),
                request.getPagination()));
    Map<String, GroupInfo> groups = relations.groups(ids(counted));
    return GetActiveGroupResp.newBuilder()
        .setMsgCount(counted.messages())
        .setGroupCount(counted.ids())
        .putAllDateCount(counted.byDay())
        .addAllGroups(counted.page().stream().map(count -> group(count, groups)).toList())
        .build();
  }

  /** One that is gone has the id as a name. */
  private static ActiveGroup group(Count count, Map<String, GroupInfo> groups) {
    GroupInfo gone = GroupInfo.newBuilder().setGroupID(count.id()).setGroupName(count.id()).build();
    return ActiveGroup.newBuilder()
        .setGroup(groups.getOrDefault(count.id(), gone))
        .setCount(count.messages())
        .build();
  }

  private static List<String> ids(Answer counted) {
    return counted.page().stream().map(Count::id).toList();
  }

  private static Question question(
      By by, long start, long end, boolean ascending, RequestPagination page) {
    int shown = Math.clamp(page.getShowNumber(), 0, MAX_SHOWN);
    long before = Math.max(0, page.getPageNumber() - 1L);
    return new Question(by, start, end, ascending, before * shown, shown);
  }

  /**
   * Asks for counts.
   *
   * @throws ImException 429 when others are before it for too long
   */
  private Answer inTurn(Question question) {
    try {
      if (!turn.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw ImError.TOO_MANY_REQUESTS.bare();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ImError.TOO_MANY_REQUESTS.bare();
    }
    try {
      return statistics.count(question);
    } finally {
      turn.release();
    }
  }
}
