package im.hongyan.relation.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.presence.PresenceReader.Page;
import im.hongyan.relation.presence.PresenceService.Listing;
import im.hongyan.relation.presence.PresenceService.Status;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Proves how what several gateways tell becomes one status a user. */
class PresenceServiceTest {
  private final Gateways gateways = new Gateways();
  private final PresenceService service = new PresenceService(gateways, gateways.there::keySet);

  /** Gateways as Redis shows them; a page holds two users. */
  private static final class Gateways implements PresenceStore {
    private final Map<String, NodePresence> there = new TreeMap<>();

    void tell(String node, boolean complete, Map<String, Set<Integer>> platforms) {
      there.put(node, new NodePresence(complete, platforms));
    }

    @Override
    public Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> userIds) {
      Map<String, NodePresence> found = new HashMap<>();
      for (String nodeId : nodeIds) {
        NodePresence node = there.getOrDefault(nodeId, new NodePresence(false, Map.of()));
        Map<String, Set<Integer>> platforms = new HashMap<>(node.platforms());
        platforms.keySet().retainAll(userIds);
        found.put(nodeId, new NodePresence(node.complete(), platforms));
      }
      return found;
    }

    @Override
    public Page scan(String nodeId, long cursor, int count) {
      NodePresence node = there.getOrDefault(nodeId, new NodePresence(false, Map.of()));
      Map<String, Set<Integer>> all = new TreeMap<>(node.platforms());
      List<String> ids = new ArrayList<>(all.keySet());
      int to = Math.min(ids.size(), (int) cursor + 2);
      all.keySet().retainAll(ids.subList((int) cursor, to));
      return new Page(to < ids.size() ? to : 0, all);
    }
  }

  private static Status status(String user, Integer... platforms) {
    return new Status(user, Set.of(platforms));
  }

  @Test
  void statusesComeInTheOrderAskedAndAsOftenAsAsked() {
    gateways.tell("a", true, Map.of("alice", Set.of(5, 2)));
    gateways.tell("b", true, Map.of("alice", Set.of(1, 2), "bob", Set.of(3)));
    assertThat(service.statuses(List.of("bob", "alice", "nobody", "", "bob")))
        .containsExactly(
            status("bob", 3),
            status("alice", 1, 2, 5),
            status("nobody"),
            status(""),
            status("bob", 3));
    Status alice = service.statuses(List.of("alice")).getFirst();
    assertThat(alice.platformIds()).as("ascending").containsExactly(1, 2, 5);
    assertThat(alice.online()).isTrue();
    assertThat(service.statuses(List.of("nobody")).getFirst().online()).isFalse();
  }

  @Test
  void whatAnUnregisteredGatewayHoldsDoesNotCount() {
    gateways.tell("a", false, Map.of("alice", Set.of(1)));
    gateways.tell("b", true, Map.of("alice", Set.of(2)));
    assertThat(service.statuses(List.of("alice"))).containsExactly(status("alice", 2));
    assertThat(listed()).containsExactly(status("alice", 2));
  }

  @Test
  void noUsersAndTooManyAreRefused() {
    gateways.tell("a", true, Map.of());
    refused(List.of(), "UserIDs is empty");
    refused(Collections.nCopies(1_001, "u"), "more than 1000 users");
    assertThat(service.statuses(Collections.nCopies(1_000, "u"))).hasSize(1_000);
  }

  private void refused(List<String> userIds, String why) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> service.statuses(userIds))
        .matches(failure -> failure.is(ImError.ARGS))
        .matches(failure -> failure.detail().equals(why), why);
  }

  @Test
  void everyOnlineUserIsListedOnceWithAllPlatforms() {
    gateways.tell("a", true, Map.of("u1", Set.of(1), "u2", Set.of(1), "u3", Set.of(1)));
    gateways.tell("b", true, Map.of());
    gateways.tell("c", true, Map.of("u2", Set.of(2), "u3", Set.of(2), "u4", Set.of(2)));
    assertThat(listed())
        .containsExactlyInAnyOrder(
            status("u1", 1), status("u2", 1, 2), status("u3", 1, 2), status("u4", 2));
  }

  private List<Status> listed() {
    List<Status> all = new ArrayList<>();
    Set<Long> cursors = new HashSet<>();
    long cursor = 0;
    do {
      assertThat(cursors.add(cursor)).as("no page twice").isTrue();
      Listing page = service.online(cursor);
      all.addAll(page.users());
      cursor = page.nextCursor();
    } while (cursor != 0);
    return all;
  }

  @Test
  void aCursorBeyondTheLastGatewayEndsTheListing() {
    assertThat(service.online(0)).isEqualTo(new Listing(List.of(), 0));
    gateways.tell("a", true, Map.of("u1", Set.of(1)));
    assertThat(service.online(1L << 48)).isEqualTo(new Listing(List.of(), 0));
    assertThat(service.online(-1)).isEqualTo(new Listing(List.of(), 0));
  }
}
