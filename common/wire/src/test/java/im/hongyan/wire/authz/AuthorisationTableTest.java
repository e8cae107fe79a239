package im.hongyan.wire.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.auth.AuthProto;
import im.hongyan.proto.auth.forceLogoutReq;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.group.GetGroupMemberUserIDsReq;
import im.hongyan.proto.group.GroupProto;
import im.hongyan.proto.msg.MsgProto;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.relation.RelationProto;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.authz.AuthorisationTable.Verdict;
import im.hongyan.wire.error.ImException;
import org.junit.jupiter.api.Test;

/** Proves who passes which kind of entry, and that nothing passes without one. */
class AuthorisationTableTest {
  private static final ServiceDescriptor AUTH = AuthProto.getDescriptor().findServiceByName("Auth");
  private static final ServiceDescriptor MSG = MsgProto.getDescriptor().findServiceByName("msg");
  private static final ServiceDescriptor GROUP =
      GroupProto.getDescriptor().findServiceByName("group");
  private static final ServiceDescriptor FRIEND =
      RelationProto.getDescriptor().findServiceByName("friend");

  private static final Caller ALICE = new Caller("alice", false, false);
  private static final Caller ADMIN = new Caller("imAdmin", true, false);

  private final AuthorisationTable table =
      AuthorisationTable.builder()
          .allow(AUTH, "parseToken", Access.anonymous())
          .allow(AUTH, "getUserToken", Access.appAdmin())
          .allow(AUTH, "forceLogout", Access.internal())
          .allow(MSG, "SendMsg", Access.self("msgData.sendID"))
          .allow(MSG, "GetServerTime", Access.anyUser())
          .allow(FRIEND, "isFriend", Access.self("userID1", "userID2"))
          .allow(GROUP, "getGroupMemberUserIDs", Access.groupRole(Access.Role.MEMBER, "groupID"))
          .build();

  @Test
  void aMethodWithoutAnEntryIsRefusedEvenToServices() {
    refused("openim.msg.msg/RevokeMsg", Caller.SERVICE, SendMsgReq.getDefaultInstance());
  }

  @Test
  void anonymousEntriesNeedNobody() {
    assertThat(
            table.check(
                "openim.auth.Auth/parseToken",
                Caller.ANONYMOUS,
                parseTokenReq.getDefaultInstance()))
        .isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void adminEntriesTakeAdministratorsAndServicesOnly() {
    Message request = getUserTokenReq.getDefaultInstance();
    refused("openim.auth.Auth/getUserToken", ALICE, request);
    refused("openim.auth.Auth/getUserToken", Caller.ANONYMOUS, request);
    allowed("openim.auth.Auth/getUserToken", ADMIN, request);
    allowed("openim.auth.Auth/getUserToken", Caller.SERVICE, request);
  }

  @Test
  void internalEntriesTakeServicesOnly() {
    Message request = forceLogoutReq.getDefaultInstance();
    refused("openim.auth.Auth/forceLogout", ADMIN, request);
    allowed("openim.auth.Auth/forceLogout", Caller.SERVICE, request);
  }

  @Test
  void selfEntriesCompareTheNestedField() {
    refusedWith(sendAs("bob"), ALICE, "ownerUserID, bob=MISSING");
    refusedWith(sendAs(""), Caller.ANONYMOUS, "ownerUserID, =MISSING");
    refusedWith(SendMsgReq.getDefaultInstance(), ALICE, "ownerUserID, =MISSING");
    allowed("openim.msg.msg/SendMsg", ALICE, sendAs("alice"));
    allowed("openim.msg.msg/SendMsg", ADMIN, sendAs("bob"));
  }

  @Test
  void oneOfSeveralFieldsIsEnough() {
    isFriendReq request = isFriendReq.newBuilder().setUserID1("bob").setUserID2("alice").build();
    allowed("openim.relation.friend/isFriend", ALICE, request);
    refused("openim.relation.friend/isFriend", new Caller("carol", false, false), request);
  }

  @Test
  void anyUserEntriesNeedAUser() {
    Message request = SendMsgReq.getDefaultInstance();
    allowed("openim.msg.msg/GetServerTime", ALICE, request);
    refused("openim.msg.msg/GetServerTime", Caller.ANONYMOUS, request);
  }

  @Test
  void groupRolesAreLeftToTheService() {
    String method = "openim.group.group/getGroupMemberUserIDs";
    Message request = GetGroupMemberUserIDsReq.getDefaultInstance();
    assertThat(table.check(method, ALICE, request)).isEqualTo(Verdict.SERVICE_DECIDES);
    allowed(method, ADMIN, request);
    refused(method, Caller.ANONYMOUS, request);
  }

  @Test
  void aCoveredServiceMustBeComplete() {
    assertThatThrownBy(() ->
            AuthorisationTable.builder()
                .covers(AUTH)
                .allow(AUTH, "parseToken", Access.anonymous())
                .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("openim.auth.Auth/getUserToken")
        .hasMessageNotContaining("openim.auth.Auth/parseToken");
  }

  @Test
  void mistakesInTheTableAreFoundWhenItIsBuilt() {
    mistake("no method", () -> AuthorisationTable.builder().allow(AUTH, "nope", Access.anyUser()));
    mistake(
        "no text field",
        () -> AuthorisationTable.builder().allow(MSG, "SendMsg", Access.self("msgData")));
    mistake(
        "no text field",
        () -> AuthorisationTable.builder().allow(MSG, "SendMsg", Access.self("x.y")));
    mistake(
        "second entry",
        () ->
            AuthorisationTable.builder()
                .allow(AUTH, "parseToken", Access.anonymous())
                .allow(AUTH, "parseToken", Access.anyUser()));
    mistake("needs a field", Access::self);
  }

  private static void mistake(
      String text, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  private void allowed(String method, Caller caller, Message request) {
    assertThat(table.check(method, caller, request)).isEqualTo(Verdict.ALLOWED);
  }

  private void refused(String method, Caller caller, Message request) {
    assertThatThrownBy(() -> table.check(method, caller, request))
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1002));
  }

  private void refusedWith(Message request, Caller caller, String detail) {
    assertThatThrownBy(() -> table.check("openim.msg.msg/SendMsg", caller, request))
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.detail()).isEqualTo(detail));
  }

  private static SendMsgReq sendAs(String userId) {
    return SendMsgReq.newBuilder().setMsgData(MsgData.newBuilder().setSendID(userId)).build();
  }
}
