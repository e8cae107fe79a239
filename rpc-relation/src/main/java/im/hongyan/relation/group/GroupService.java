package im.hongyan.relation.group;

import im.hongyan.relation.group.GroupStore.Outcome;
import im.hongyan.relation.user.User;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.group.GroupType;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * Making groups and letting users in (rest-group.md 7.1, 7.2, 8.1, 8.16, 8.26). Safe for use by
 * several threads.
 */
public final class GroupService {
  /** Members that come in with one version, and one notification (notifications.md 6, 1509). */
  private static final int ENTER_AT_ONCE = 50;

  private static final int MOST_ID_TRIES = 10;

  /** Owner and admins that are told of a request. */
  private static final int MOST_HANDLERS = 100;

  private final GroupStore store;
  private final Function<Collection<String>, List<User>> users;
  private final Runnable notified;
  private final InstantSource clock;
  private final int mostMembers;

  /**
   * Creates a service.
   *
   * @param users finds users
   * @param notified told when notifications were written
   * @param mostMembers members that a group may have
   */
  public GroupService(
      GroupStore store,
      Function<Collection<String>, List<User>> users,
      Runnable notified,
      InstantSource clock,
      int mostMembers) {
    this.store = store;
    this.users = users;
    this.notified = notified;
    this.clock = clock;
    this.mostMembers = mostMembers;
  }

  /**
   * A group to be made.
   *
   * @param group an empty id asks for a new one; owner, time, status and count are not looked at
   * @param sendMessage whether the chat shows it; empty for the default
   */
  public record Creation(
      Group group,
      String ownerUserId,
      List<String> adminUserIds,
      List<String> memberUserIds,
      Optional<Boolean> sendMessage) {
    /** Copies the lists. */
    public Creation {
      adminUserIds = List.copyOf(adminUserIds);
      memberUserIds = List.copyOf(memberUserIds);
    }
  }

  /**
   * Makes a group.
   *
   * @return the group as stored
   * @throws im.hongyan.wire.error.ImException 1001 for bad arguments, 1002 for another's group,
   *     1101 for an unknown user, 1202 for a taken id, 90007 when no free id was found
   */
  public Group create(Caller caller, Creation creation) {
    checkForm(creation);
    if (!caller.privileged() && !caller.userId().equals(creation.ownerUserId())) {
      throw ImError.NO_PERMISSION.with("ownerUserID, " + creation.ownerUserId() + "=MISSING");
    }
    GroupLimits.checkTexts(creation.group());
    GroupLimits.checkGroupId(creation.group().groupId());
    Map<String, GroupRole> roles = roles(creation);
    Set<String> named = new LinkedHashSet<>(roles.keySet());
    named.add(caller.userId());
    Map<String, User> people = people(named);
    if (people.size() < named.size()) {
      throw ImError.USER_ID_NOT_FOUND.with("user not found");
    }
    if (roles.size() > mostMembers) {
      throw ImError.ARGS.with("group has more than " + mostMembers + " members");
    }
    GroupTips tips = new GroupTips(caller, people, clock.millis());
    if (!creation.group().groupId().isEmpty()) {
      Group group = prepared(caller, creation, creation.group().groupId(), tips.nowMillis());
      if (!store(group, roles, creation, tips)) {
        throw ImError.GROUP_ID_EXISTED.with("group id existed " + group.groupId());
      }
      return group.withMemberCount(roles.size());
    }
    for (int tries = 0; tries < MOST_ID_TRIES; tries++) {
      Group group = prepared(caller, creation, newId(), tips.nowMillis());
      if (store(group, roles, creation, tips)) {
        return group.withMemberCount(roles.size());
      }
    }
    throw ImError.DATA.with("group id gen error");
  }

  private static void checkForm(Creation creation) {
    int type = creation.group().rules().type();
    if (type < 0 || type > GroupType.WORKING) {
      throw ImError.ARGS.with("GroupType is invalid");
    }
    if (creation.ownerUserId().isEmpty()) {
      throw ImError.ARGS.with("ownerUserID is empty");
    }
    GroupLimits.checkUsers("MemberUserIDs", creation.memberUserIds());
    GroupLimits.checkUsers("AdminUserIDs", creation.adminUserIds());
    if (type != GroupType.WORKING) {
      throw ImError.ARGS.with("group type only supports " + GroupType.WORKING);
    }
  }

  /** First members in their order; the operator is one of them only where it is named. */
  private static Map<String, GroupRole> roles(Creation creation) {
    Map<String, GroupRole> roles = new LinkedHashMap<>();
    roles.put(creation.ownerUserId(), GroupRole.OWNER);
    for (String admin : creation.adminUserIds()) {
      putOnce(roles, admin, GroupRole.ADMIN);
    }
    for (String member : creation.memberUserIds()) {
      putOnce(roles, member, GroupRole.ORDINARY);
    }
    return roles;
  }

  private static void putOnce(Map<String, GroupRole> roles, String userId, GroupRole role) {
    if (roles.putIfAbsent(userId, role) != null) {
      throw ImError.ARGS.with("group member repeated");
    }
  }

  private Map<String, User> people(Collection<String> userIds) {
    Map<String, User> people = new HashMap<>();
    users.apply(userIds).forEach(user -> people.put(user.userId(), user));
    return people;
  }

  /** Ten digits at most, as clients know them (rest-group.md 7.1). */
  private static String newId() {
    return Integer.toUnsignedString(ThreadLocalRandom.current().nextInt());
  }

  private static Group prepared(Caller caller, Creation creation, String groupId, long nowMillis) {
    Group asked = creation.group();
    String creator = asked.creatorUserId().isEmpty() ? caller.userId() : asked.creatorUserId();
    return new Group(
        groupId,
        asked.texts(),
        asked.rules(),
        GroupStatus.OK,
        creation.ownerUserId(),
        creator,
        nowMillis,
        0);
  }

  private boolean store(
      Group group, Map<String, GroupRole> roles, Creation creation, GroupTips tips) {
    Member.Entry entry = byInvitation(tips);
    List<Member> members = new ArrayList<>();
    roles.forEach((user, role) -> members.add(Member.fresh(group.groupId(), user, role, entry)));
    boolean made =
        store.create(group, members, change -> tips.created(change, creation.sendMessage()));
    if (made) {
      notified.run();
    }
    return made;
  }

  private static Member.Entry byInvitation(GroupTips tips) {
    String operator = tips.operator().userId();
    return new Member.Entry(tips.nowMillis(), Member.BY_INVITATION, operator, operator);
  }

  /**
   * Users to be let into a group.
   *
   * @param sendMessage whether the chat shows it; empty for the default
   */
  public record Invitation(String groupId, List<String> userIds, Optional<Boolean> sendMessage) {
    /** Copies the list. */
    public Invitation {
      userIds = List.copyOf(userIds);
    }
  }

  /**
   * Lets users in, or asks the group's owner and admins to, where an ordinary member invites into a
   * group that verifies always. Who is a member already stays one.
   *
   * @throws im.hongyan.wire.error.ImException 1001 for bad arguments and a full group, 1002 for
   *     somebody who is no member, 1004 for an unknown group or user, 1204 for a dismissed group
   */
  public void invite(Caller caller, Invitation invitation) {
    checkForm(invitation);
    Group group = store.find(invitation.groupId()).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
    if (group.dismissed()) {
      throw ImError.DISMISSED_ALREADY.bare();
    }
    List<Member> operator = store.members(group.groupId(), List.of(caller.userId()));
    if (operator.isEmpty() && !caller.privileged()) {
      throw ImError.NO_PERMISSION.with("op user not in group");
    }
    Set<String> named = new LinkedHashSet<>(invitation.userIds());
    named.add(caller.userId());
    Map<String, User> people = people(named);
    if (!people.keySet().containsAll(invitation.userIds())) {
      throw ImError.RECORD_NOT_FOUND.with("user not found");
    }
    boolean ask =
        group.rules().needVerification() == Group.Rules.ALWAYS_VERIFY
            && !caller.privileged()
            && operator.getFirst().role() == GroupRole.ORDINARY;
    GroupTips tips = new GroupTips(caller, people, clock.millis());
    List<String> invited = invitation.userIds();
    for (int from = 0; from < invited.size(); from += ENTER_AT_ONCE) {
      List<String> some = invited.subList(from, Math.min(invited.size(), from + ENTER_AT_ONCE));
      settle(ask ? ask(group, some, tips) : enter(invitation, some, operator, tips));
      notified.run();
    }
  }

  private static void checkForm(Invitation invitation) {
    if (invitation.groupId().isEmpty()) {
      throw ImError.ARGS.with("groupID is empty");
    }
    if (invitation.userIds().isEmpty()) {
      throw ImError.ARGS.with("invitedUserIDs is empty");
    }
    GroupLimits.checkUsers("InvitedUserIDs", invitation.userIds());
    if (new HashSet<>(invitation.userIds()).size() < invitation.userIds().size()) {
      throw ImError.ARGS.with("userID duplicate");
    }
  }

  private Outcome enter(
      Invitation invitation, List<String> userIds, List<Member> operator, GroupTips tips) {
    Member.Entry entry = byInvitation(tips);
    List<Member> members =
        userIds.stream()
            .map(user -> Member.fresh(invitation.groupId(), user, GroupRole.ORDINARY, entry))
            .toList();
    return store.enter(
        invitation.groupId(),
        members,
        mostMembers,
        change -> tips.invited(change, operator, invitation.sendMessage()));
  }

  private Outcome ask(Group group, List<String> userIds, GroupTips tips) {
    String inviter = tips.operator().userId();
    List<JoinRequest> requests =
        userIds.stream()
            .map(user ->
                new JoinRequest(
                    group.groupId(), user, "", tips.nowMillis(), Member.BY_INVITATION, inviter, ""))
            .toList();
    Set<String> receivers = new LinkedHashSet<>(store.handlerIds(group.groupId(), MOST_HANDLERS));
    receivers.add(inviter);
    return store.apply(
        group.groupId(), requests, (now, stored) -> tips.applied(now, stored, receivers));
  }

  /** A group may change between the first look and the change. */
  private void settle(Outcome outcome) {
    switch (outcome) {
      case DONE -> {}
      case NO_GROUP -> throw ImError.RECORD_NOT_FOUND.bare();
      case DISMISSED -> throw ImError.DISMISSED_ALREADY.bare();
      case FULL -> throw ImError.ARGS.with("group has more than " + mostMembers + " members");
    }
  }

  /**
   * All members' ids in member order.
   *
   * @throws im.hongyan.wire.error.ImException 1001 without a group, 1002 for somebody who is no
   *     member
   */
  public List<String> memberIds(Caller caller, String groupId) {
    if (groupId.isEmpty()) {
      throw ImError.ARGS.with("GroupID is empty");
    }
    List<String> ids = store.memberIds(groupId);
    if (!caller.privileged() && !ids.contains(caller.userId())) {
      throw ImError.NO_PERMISSION.with("opUser in ownerUserIDs");
    }
    return ids;
  }

  /**
   * A group, for our own services.
   *
   * @throws im.hongyan.wire.error.ImException 1004 when there is none
   */
  public Group group(String groupId) {
    return store.find(groupId).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
  }

  /**
   * A member, for our own services.
   *
   * @throws im.hongyan.wire.error.ImException 1004 when the user is none
   */
  public Member member(String groupId, String userId) {
    return store.members(groupId, List.of(userId)).stream()
        .findFirst()
        .orElseThrow(ImError.RECORD_NOT_FOUND::bare);
  }
}
