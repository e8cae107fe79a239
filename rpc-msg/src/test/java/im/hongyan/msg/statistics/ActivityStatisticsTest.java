package im.hongyan.msg.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.ThrowingSupplier;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.statistics.MessageStatistics.Answer;
import im.hongyan.messagelog.statistics.MessageStatistics.By;
import im.hongyan.messagelog.statistics.MessageStatistics.Count;
import im.hongyan.messagelog.statistics.MessageStatistics.Question;
import im.hongyan.msg.relation.FakeRelation;
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
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves what is asked for and who is named, behind the guard (rest-message.md 8). */
class ActivityStatisticsTest {
  private static final String ADMIN = "imAdmin";

  private final FakeRelation relation = new FakeRelation();
  private final List<Question> asked = new ArrayList<>();
  private Answer counted = new Answer(0, 0, new TreeMap<>(), List.of());

  @AutoClose private final InProcessLocator locator = new InProcessLocator("msg");

  @BeforeEach
  void serve() {
    relation.serve(locator);
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    ActivityStatistics statistics =
        new ActivityStatistics(
            question -> {
              asked.add(question);
              return counted;
            },
            new Relations(locator, new InvalidatingCache.Versions()));
    locator.serve(
        ServiceName.MSG, new Rpcs(share, new SimpleMeterRegistry()).add(statistics).services());
  }

  private <A, B> B call(MethodDescriptor<A, B> method, A request) {
    ThrowingSupplier<B, RuntimeException> call =
        () -> RpcChannels.call(locator.channel(ServiceName.MSG), method, request);
    return CallContext.user("op", ADMIN, "Admin", "").call(call);
  }

  private static RequestPagination page(int number, int shown) {
    return RequestPagination.newBuilder().setPageNumber(number).setShowNumber(shown).build();
  }

  @Test
  void whoIsGoneHasTheIdAsName() {
    UserInfo bob = UserInfo.newBuilder().setUserID("bob").setNickname("Bob").build();
    relation.users.put("bob", bob);
    counted =
        new Answer(
            7,
            5,
            new TreeMap<>(Map.of("2026-11-30", 7L)),
            List.of(new Count("gone", 4), new Count("bob", 3)));
    assertThat(call(msgGrpc.getGetActiveUserMethod(), GetActiveUserReq.getDefaultInstance()))
        .isEqualTo(
            GetActiveUserResp.newBuilder()
                .setMsgCount(7)
                .setUserCount(5)
                .putDateCount("2026-11-30", 7)
                .addUsers(
                    ActiveUser.newBuilder()
                        .setUser(UserInfo.newBuilder().setUserID("gone").setNickname("gone"))
                        .setCount(4))
                .addUsers(ActiveUser.newBuilder().setUser(bob).setCount(3))
                .build());
    GroupInfo flock = GroupInfo.newBuilder().setGroupID("bob").setMemberCount(3).build();
    relation.groups.put("bob", flock);
    assertThat(call(msgGrpc.getGetActiveGroupMethod(), GetActiveGroupReq.getDefaultInstance()))
        .isEqualTo(
            GetActiveGroupResp.newBuilder()
                .setMsgCount(7)
                .setGroupCount(5)
                .putDateCount("2026-11-30", 7)
                .addGroups(
                    ActiveGroup.newBuilder()
                        .setGroup(GroupInfo.newBuilder().setGroupID("gone").setGroupName("gone"))
                        .setCount(4))
                .addGroups(ActiveGroup.newBuilder().setGroup(flock).setCount(3))
                .build());
  }

  @ParameterizedTest
  @CsvSource({
    "1,10,0,10",
    "2,10,10,10",
    "1000000,1000,999999000,1000",
    "0,5,0,5",
    "-2147483648,5,0,5",
    "3,0,0,0",
    "3,-2147483648,0,0"
  })
  void aPageBeginsBehindThoseBefore(int number, int shown, long skip, int most) {
    call(
        msgGrpc.getGetActiveUserMethod(),
        GetActiveUserReq.newBuilder()
            .setStart(-5)
            .setEnd(9)
            .setAse(true)
            .setPagination(page(number, shown))
            .build());
    call(
        msgGrpc.getGetActiveUserMethod(),
        GetActiveUserReq.newBuilder().setGroup(true).setPagination(page(number, shown)).build());
    call(
        msgGrpc.getGetActiveGroupMethod(),
        GetActiveGroupReq.newBuilder().setPagination(page(number, shown)).build());
    assertThat(asked)
        .containsExactly(
            new Question(By.SENDER_OF_SINGLE, -5, 9, true, skip, most),
            new Question(By.SENDER, 0, 0, false, skip, most),
            new Question(By.GROUP, 0, 0, false, skip, most));
  }
}
