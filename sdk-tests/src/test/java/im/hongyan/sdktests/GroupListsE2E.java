package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves the official SDK's lists of groups and members, their filters, pages and searches. */
@SdkCase
@Tag("long")
class GroupListsE2E {
  private static final int ONLY_OWNER = 1;
  private static final int ONLY_ADMINS = 2;
  private static final int ONLY_ORDINARY = 3;
  private static final int ADMINS_AND_ORDINARY = 4;
  private static final int ADMINS_AND_OWNER = 5;
  private static final int MEMBERS = 150;
  private static final int PAGE = 40;

  private final SdkSystem system;

  GroupListsE2E(SdkSystem system) {
    this.system = system;
  }

  private List<String> register(String user, int count) {
    List<String> ids = IntStream.range(0, count).mapToObj(i -> user + "x" + i).toList();
    ids.forEach(system::register);
    return ids;
  }

  private static List<String> filtered(SdkUser user, String group, int filter) {
    return Friendships.ids(Groups.members(user, group, filter, 0, MEMBERS));
  }

  @Test
  void membersAreFilteredByRoleAndSearched() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      List<String> others = register(alice.id(), 3);
      String group = Groups.create("lists", alice, bob);
      Groups.invite(alice, group, others.toArray(String[]::new));
      bob.call("setGroupMemberInfo", nickname(group, bob.id(), "100% Bobby"));
      for (String admin : List.of(bob.id(), others.get(1))) {
        alice.call(
            "setGroupMemberInfo",
            Map.of("groupID", group, "userID", admin, "roleLevel", Groups.ADMIN));
      }
      List<String> admins = List.of(bob.id(), others.get(1));
      List<String> ordinary = List.of(others.get(0), others.get(2));
      for (SdkUser user : List.of(alice, bob)) {
        Eventually.eventually(
            () -> assertThat(filtered(user, group, ONLY_ADMINS)).containsExactlyElementsOf(admins));
        assertThat(filtered(user, group, ONLY_OWNER)).containsExactly(alice.id());
        assertThat(filtered(user, group, ONLY_ORDINARY)).containsExactlyElementsOf(ordinary);
        assertThat(filtered(user, group, ADMINS_AND_ORDINARY))
            .containsExactly(admins.get(0), admins.get(1), ordinary.get(0), ordinary.get(1));
        assertThat(filtered(user, group, ADMINS_AND_OWNER))
            .containsExactly(alice.id(), admins.get(0), admins.get(1));
      }
      assertThat(searchMembers(alice, group, "Bobby", "isSearchMemberNickname"))
          .containsExactly(bob.id());
      assertThat(searchMembers(alice, group, "Bobby", "isSearchUserID")).isEmpty();
      assertThat(searchMembers(alice, group, alice.id() + "x", "isSearchUserID"))
          .containsExactlyInAnyOrderElementsOf(others);
      assertThat(inGroup(alice, group, bob.id(), "nobody", others.get(0)))
          .containsExactlyInAnyOrder(bob.id(), others.get(0));
    }
  }

  private static Map<String, Object> nickname(String group, String user, String name) {
    return Map.of("groupID", group, "userID", user, "nickname", name);
  }

  private static List<String> searchMembers(SdkUser user, String group, String word, String where) {
    Map<String, Object> search =
        new HashMap<>(
            Map.of("groupID", group, "keywordList", List.of(word), "offset", 0, "count", PAGE));
    List.of("isSearchUserID", "isSearchMemberNickname")
        .forEach(one -> search.put(one, one.equals(where)));
    return Friendships.ids(user.call("searchGroupMembers", search));
  }

  private static List<String> inGroup(SdkUser user, String group, String... ids) {
    JsonNode found =
        user.call("getUsersInGroup", Map.of("groupID", group, "userIDList", List.of(ids)));
    return SdkUser.stream(found).map(JsonNode::asString).toList();
  }

  @Test
  void manyMembersArePagedInOneOrder() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      List<String> others = register(alice.id(), MEMBERS);
      String group = Groups.create("many", alice);
      Groups.invite(alice, group, others.toArray(String[]::new));
      Groups.invite(alice, group, bob.id());
      bob.await("OnJoinedGroupAdded", Groups.isGroup(group));
      List<String> all =
          Stream.of(List.of(alice.id()), others, List.of(bob.id())).flatMap(List::stream).toList();
      for (SdkUser user : List.of(alice, bob)) {
        Eventually.eventually(() -> {
          List<String> paged =
              IntStream.range(0, 4)
                  .mapToObj(i -> Groups.members(user, group, 0, i * PAGE, PAGE))
                  .flatMap(page -> Friendships.ids(page).stream())
                  .toList();
          assertThat(paged).startsWith(alice.id()).endsWith(bob.id());
          assertThat(paged)
              .as("the order among those of one invitation is the SDK's")
              .containsExactlyInAnyOrderElementsOf(all);
        });
        assertThat(Groups.info(user, group).path("memberCount").asInt()).isEqualTo(MEMBERS + 2);
      }
    }
  }

  @Test
  void groupsAreListedAndFoundByIdAndName() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String cranes = Groups.create("Cranes", alice, bob);
      String geese = Groups.create("Geese", alice);
      Groups.create("Bob's own", bob);
      assertThat(Groups.joined(alice)).containsExactlyInAnyOrder(cranes, geese);
      assertThat(
              SdkUser.stream(alice.call("getJoinedGroupListPage", Map.of("offset", 1, "count", 1)))
                  .map(group -> group.path("groupID").asString()))
          .containsExactly(Groups.joined(alice).get(1));
      assertThat(searchGroups(alice, "ran", "isSearchGroupName")).containsExactly(cranes);
      assertThat(searchGroups(alice, geese, "isSearchGroupID")).containsExactly(geese);
      assertThat(searchGroups(alice, geese, "isSearchGroupName")).isEmpty();
      assertThat(searchGroups(alice, "own", "isSearchGroupName")).as("bob's own").isEmpty();
      assertThat(Groups.info(bob, geese).path("groupName").asString())
          .as("a group that the user is not in")
          .isEqualTo("Geese");
    }
  }

  private static List<String> searchGroups(SdkUser user, String word, String where) {
    Map<String, Object> search = new HashMap<>(Map.of("keywordList", List.of(word)));
    List.of("isSearchGroupID", "isSearchGroupName")
        .forEach(one -> search.put(one, one.equals(where)));
    return SdkUser.stream(user.call("searchGroups", search))
        .map(group -> group.path("groupID").asString())
        .toList();
  }
}
