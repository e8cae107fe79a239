package im.hongyan.wire.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import im.hongyan.proto.group.GetGroupAbstractInfoReq;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.options.Access;
import im.hongyan.proto.options.OptionsProto;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves who passes which kind of access, and with which text others are refused. */
class AccessRuleTest {
  private static final Caller ALICE = new Caller("alice", false, false);
  private static final Caller ADMIN = new Caller("imAdmin", true, false);
  private static final String PASSED = "passed";

  private final List<String> lookUps = new ArrayList<>();
  private final GroupRoles roles =
      new GroupRoles() {
        @Override
        public int roleLevel(String groupId, String userId) {
          lookUps.add("role of " + userId + " in " + groupId);
          return switch (groupId) {
            case "owned" -> 100;
            case "led" -> 60;
            case "joined" -> 20;
            default -> 0;
          };
        }

        @Override
        public void requireGroup(String groupId) {
          lookUps.add("group " + groupId);
          if (groupId.equals("gone")) {
            throw ImError.DISMISSED_ALREADY.bare();
          }
        }
      };

  /** The rule of a method that takes one of our requests. */
  private AccessRule rule(Descriptor request, String access) {
    MethodDescriptor method = method(request, access);
    return AccessRule.of(method, roles, (conversation, user) -> conversation.contains(user));
  }

  private static MethodDescriptor method(Descriptor request, String access) {
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder()
            .setName("test.proto")
            .setPackage("test")
            .setSyntax("proto3");
    FileDescriptor[] imports = {OptionsProto.getDescriptor(), request.getFile()};
    for (FileDescriptor imported : imports) {
      file.addDependency(imported.getName());
    }
    try {
      Access.Builder parsed = Access.newBuilder();
      TextFormat.merge(access, parsed);
      file.addServiceBuilder()
          .setName("Things")
          .addMethodBuilder()
          .setName("Do")
          .setInputType("." + request.getFullName())
          .setOutputType("." + request.getFullName())
          .getOptionsBuilder()
          .setExtension(OptionsProto.access, parsed.build());
      return FileDescriptor.buildFrom(file.build(), imports)
          .findServiceByName("Things")
          .findMethodByName("Do");
    } catch (TextFormat.ParseException | DescriptorValidationException e) {
      throw new AssertionError(access, e);
    }
  }

  private static String outcome(AccessRule rule, Caller caller, Message request) {
    try {
      rule.check(caller, request);
      return PASSED;
    } catch (ImException refused) {
      return refused.code() + " " + refused.detail();
    }
  }

  private static Message of(String userId) {
    return GetMaxSeqReq.newBuilder().setUserID(userId).build();
  }

  private AccessRule maxSeq(String access) {
    return rule(GetMaxSeqReq.getDescriptor(), access);
  }

  @Test
  void anonymousAccessNeedsNobody() {
    assertThat(outcome(maxSeq("is: ANONYMOUS"), Caller.ANONYMOUS, of(""))).isEqualTo(PASSED);
  }

  @Test
  void anyUserIsWhoeverHasAToken() {
    AccessRule rule = maxSeq("is: ANY_USER");
    assertThat(outcome(rule, Caller.ANONYMOUS, of(""))).isEqualTo("1002 no user");
    assertThat(outcome(rule, ALICE, of(""))).isEqualTo(PASSED);
    assertThat(outcome(rule, Caller.SERVICE, of(""))).isEqualTo(PASSED);
  }

  @Test
  void administratorsAndServicesAreAboveUsers() {
    AccessRule rule = maxSeq("is: APP_ADMIN");
    assertThat(outcome(rule, ALICE, of(""))).isEqualTo("1002 user alice is not admin userID");
    assertThat(outcome(rule, ADMIN, of(""))).isEqualTo(PASSED);
    assertThat(outcome(rule, Caller.SERVICE, of(""))).isEqualTo(PASSED);
  }

  @Test
  void internalMethodsTakeServicesAlone() {
    AccessRule rule = maxSeq("is: INTERNAL");
    assertThat(outcome(rule, ADMIN, of(""))).isEqualTo("1002 internal method");
    assertThat(outcome(rule, Caller.SERVICE, of(""))).isEqualTo(PASSED);
  }

  @Test
  void selfIsTheUserThatTheFieldNames() {
    AccessRule rule = rule(SendMsgReq.getDescriptor(), "self: 'msgData.sendID'");
    assertThat(outcome(rule, ALICE, sentBy("alice"))).isEqualTo(PASSED);
    assertThat(outcome(rule, ADMIN, sentBy("bob"))).isEqualTo(PASSED);
    assertThat(outcome(rule, ALICE, sentBy("bob"))).isEqualTo("1002 ownerUserID, bob=MISSING");
    assertThat(outcome(rule, ALICE, SendMsgReq.getDefaultInstance()))
        .isEqualTo("1002 ownerUserID, =MISSING");
    assertThat(outcome(rule, Caller.ANONYMOUS, sentBy(""))).isEqualTo("1002 ownerUserID, =MISSING");
  }

  private static Message sentBy(String userId) {
    return SendMsgReq.newBuilder().setMsgData(MsgData.newBuilder().setSendID(userId)).build();
  }

  @Test
  void oneOfSeveralFieldsIsEnough() {
    AccessRule rule = rule(isFriendReq.getDescriptor(), "self: 'userID1' self: 'userID2'");
    Message request = isFriendReq.newBuilder().setUserID1("bob").setUserID2("alice").build();
    assertThat(outcome(rule, ALICE, request)).isEqualTo(PASSED);
    assertThat(outcome(rule, new Caller("carol", false, false), request))
        .isEqualTo("1002 opUser in ownerUserIDs");
  }

  @Test
  void anEmptyFieldCanMeanTheCaller() {
    AccessRule rule = maxSeq("self: 'userID' self_or_empty: true");
    assertThat(outcome(rule, ALICE, of(""))).isEqualTo(PASSED);
    assertThat(outcome(rule, ALICE, of("bob"))).isEqualTo("1002 ownerUserID, bob=MISSING");
    assertThat(outcome(rule, Caller.ANONYMOUS, of(""))).isEqualTo("1002 ownerUserID, =MISSING");
  }

  @Test
  void aListNamesTheCallerAlone() {
    AccessRule rule = rule(GetGroupAbstractInfoReq.getDescriptor(), "self: 'groupIDs'");
    assertThat(outcome(rule, ALICE, groups("alice", "alice"))).isEqualTo(PASSED);
    assertThat(outcome(rule, ALICE, groups("bob", "alice")))
        .isEqualTo("1002 ownerUserID, bob=MISSING");
    assertThat(outcome(rule, ALICE, groups())).isEqualTo("1002 ownerUserID, =MISSING");
  }

  private static Message groups(String... ids) {
    return GetGroupAbstractInfoReq.newBuilder().addAllGroupIDs(List.of(ids)).build();
  }

  private static Message group(String id) {
    return InviteUserToGroupReq.newBuilder().setGroupID(id).build();
  }

  private AccessRule groupRole(String access) {
    return rule(InviteUserToGroupReq.getDescriptor(), "group: 'groupID' group_role: " + access);
  }

  @Test
  void groupRolesAreLookedUp() {
    assertThat(outcome(groupRole("MEMBER"), ALICE, group("joined"))).isEqualTo(PASSED);
    assertThat(outcome(groupRole("MEMBER"), ALICE, group("other")))
        .isEqualTo("1002 op user not in group");
    assertThat(outcome(groupRole("ADMIN"), ALICE, group("led"))).isEqualTo(PASSED);
    assertThat(outcome(groupRole("ADMIN"), ALICE, group("joined")))
        .isEqualTo("1002 no group owner or admin");
    assertThat(outcome(groupRole("OWNER"), ALICE, group("owned"))).isEqualTo(PASSED);
    assertThat(outcome(groupRole("OWNER"), ALICE, group("led"))).isEqualTo("1002 not group owner");
    assertThat(lookUps).hasSize(6).first().isEqualTo("role of alice in joined");
  }

  @Test
  void whoeverNeedsNoRoleIsNotLookedUp() {
    assertThat(outcome(groupRole("OWNER"), ADMIN, group("other"))).isEqualTo(PASSED);
    assertThat(outcome(groupRole("OWNER"), Caller.SERVICE, group("other"))).isEqualTo(PASSED);
    assertThat(outcome(groupRole("OWNER"), Caller.ANONYMOUS, group("owned")))
        .isEqualTo("1002 no user");
    assertThat(lookUps).isEmpty();
  }

  @Test
  void theGroupComesBeforeTheRoleWhereTheOptionSaysSo() {
    AccessRule rule = groupRole("MEMBER group_first: true refusal: 'not in {value}'");
    assertThat(outcome(rule, ALICE, group("gone"))).isEqualTo("1204 ");
    assertThat(outcome(rule, ALICE, group("other"))).isEqualTo("1002 not in other");
    assertThat(lookUps).containsExactly("group gone", "group other", "role of alice in other");
  }

  @Test
  void aRoleIsNeededInEachGroupOfAList() {
    AccessRule rule =
        rule(GetGroupAbstractInfoReq.getDescriptor(), "group_role: MEMBER group: 'groupIDs'");
    assertThat(outcome(rule, ALICE, groups("joined", "led"))).isEqualTo(PASSED);
    assertThat(outcome(rule, ALICE, groups("joined", "other")))
        .isEqualTo("1002 op user not in group");
    assertThat(outcome(rule, ALICE, groups())).isEqualTo("1002 op user not in group");
  }

  @Test
  void participantsAreLookedUp() {
    AccessRule rule = maxSeq("participant: 'userID'");
    assertThat(outcome(rule, ALICE, of("si_alice_bob"))).isEqualTo(PASSED);
    assertThat(outcome(rule, ALICE, of("si_bob_carol")))
        .isEqualTo("1002 not in conversation si_bob_carol");
    assertThat(outcome(rule, Caller.ANONYMOUS, of(""))).isEqualTo("1002 no user");
  }

  @Test
  void aRuleThatCannotBeDecidedIsNotMade() {
    MethodDescriptor role =
        method(InviteUserToGroupReq.getDescriptor(), "group_role: MEMBER group: 'groupID'");
    assertThatThrownBy(() -> AccessRule.of(role, null, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("test.Things/Do asks for a group role, and nobody registered GroupRoles");
    assertThatThrownBy(() -> maxSeq("self: 'nowhere'")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> maxSeq("first: true")).isInstanceOf(IllegalStateException.class);
  }
}
