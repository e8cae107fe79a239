package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.MemberKickedTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.message.ContentType;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that a notice of leaving fits into a message, whatever the members' own texts are. */
@ExtendWith(TestStoresExtension.class)
class GroupNotificationSizesTest {
  private static final List<String> MEMBERS = IntStream.range(0, 7).mapToObj(i -> "m" + i).toList();

  @AutoClose private static RelationDatabase database;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    database.clear();
  }

  @Test
  void whoeverIsRemovedWithLongTextsIsNamedById() {
    try (GroupWorld world =
        new GroupWorld(database, "o", "m0", "m1", "m2", "m3", "m4", "m5", "m6")) {
      world.create("g", "o", MEMBERS.toArray(String[]::new));
      for (String member : MEMBERS) {
        SetGroupMemberInfo.Builder info =
            SetGroupMemberInfo.newBuilder().setGroupID("g").setUserID(member);
        info.getExBuilder().setValue("<".repeat(16_384));
        world.call(
            member,
            groupGrpc.getSetGroupMemberInfoMethod(),
            SetGroupMemberInfoReq.newBuilder().addMembers(info).build());
      }
      world.call(
          RelationTestServer.ADMIN,
          groupGrpc.getKickGroupMemberMethod(),
          KickGroupMemberReq.newBuilder().setGroupID("g").addAllKickedUserIDs(MEMBERS).build());
    }
    MsgData kicked =
        database.notifications("n_g").stream()
            .filter(message -> message.getContentType() == ContentType.MEMBER_KICKED)
            .findFirst()
            .orElseThrow();
    assertThat(kicked.getSerializedSize()).isLessThan(FrameLimits.MAX_MESSAGE_BYTES);
    MemberKickedTips tips = NotificationTips.read(kicked, MemberKickedTips.getDefaultInstance());
    assertThat(tips.getKickedUserListList())
        .extracting(each -> each.getUserID() + each.getEx())
        .containsExactlyInAnyOrderElementsOf(MEMBERS);
  }
}
