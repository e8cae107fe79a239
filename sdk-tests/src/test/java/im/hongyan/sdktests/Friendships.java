package im.hongyan.sdktests;

import im.hongyan.testkit.Eventually;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;

/** Friends as the official SDK makes them and lists them. Stateless. */
final class Friendships {
  private Friendships() {}

  /** Applies for a friendship. */
  static void apply(SdkUser from, SdkUser to, String words) {
    from.call("addFriend", Map.of("toUserID", to.id(), "reqMsg", words));
  }

  /** Accepts it. */
  static void accept(SdkUser decider, SdkUser applicant, String words) {
    decider.call("acceptFriendApplication", Map.of("toUserID", applicant.id(), "handleMsg", words));
  }

  /** Makes two users friends; returns once both list each other. */
  static void make(SdkUser one, SdkUser other) {
    apply(one, other, "");
    accept(other, one, "");
    Eventually.eventually(() -> {
      Assertions.assertThat(ids(one)).contains(other.id());
      Assertions.assertThat(ids(other)).contains(one.id());
    });
  }

  /** The ids of a user's friends, in the SDK's order. */
  static List<String> ids(SdkUser user) {
    return ids(user.call("getFriendList"));
  }

  /** The ids in a list that the SDK returned. */
  static List<String> ids(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(one -> one.path("userID").asString())
        .toList();
  }

  /** A user's row of a friend. */
  static JsonNode row(SdkUser user, SdkUser friend) {
    return user.call(
            "getSpecifiedFriendsInfo",
            Map.of("friendUserIDList", List.of(friend.id()), "filterBlack", false))
        .path(0);
  }

  /** Whether an event is about a user. */
  static boolean isAbout(JsonNode event, SdkUser user) {
    return event.path("userID").asString().equals(user.id());
  }
}
