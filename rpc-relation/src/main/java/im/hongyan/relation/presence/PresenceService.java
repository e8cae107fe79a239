package im.hongyan.relation.presence;

import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.presence.PresenceReader.Page;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Who is online (websocket.md 7, rest-account.md 2.12): what the gateways tell, put together. A
 * gateway that has not registered its users counts as holding nobody. Safe for use by several
 * threads; may block.
 */
public final class PresenceService {
  private static final int MAX_USERS = 1_000;
  private static final int PAGE = 1_000;

  /** A listing's cursor: a place within a node's users, and above these bits the node. */
  private static final int NODE_SHIFT = 48;

  private final PresenceStore store;
  private final Supplier<Set<String>> gateways;

  /**
   * Creates a service.
   *
   * @param gateways node ids of the gateways that are there now
   */
  public PresenceService(PresenceStore store, Supplier<Set<String>> gateways) {
    this.store = store;
    this.gateways = gateways;
  }

  /**
   * A user's platforms, ascending; none for a user who is offline.
   *
   * @param platformIds as of the moment of the call
   */
  public record Status(String userId, Set<Integer> platformIds) {
    /** Whether there is a connection. */
    public boolean online() {
      return !platformIds.isEmpty();
    }
  }

  /**
   * Online users, each once.
   *
   * @param nextCursor where to go on; 0 at the end
   */
  public record Listing(List<Status> users, long nextCursor) {}

  /**
   * The status of each of these users, in the order asked; who is asked for twice comes twice.
   *
   * @throws ImException 1001 for no users and for more than 1,000
   */
  public List<Status> statuses(List<String> userIds) {
    if (userIds.isEmpty()) {
      throw ImError.ARGS.with("UserIDs is empty");
    }
    if (userIds.size() > MAX_USERS) {
      throw ImError.ARGS.with("more than " + MAX_USERS + " users");
    }
    Map<String, NodePresence> nodes = store.read(gateways.get(), userIds);
    return userIds.stream().map(id -> status(id, nodes.values())).toList();
  }

  private static Status status(String userId, Collection<NodePresence> nodes) {
    Set<Integer> platformIds = new TreeSet<>();
    for (NodePresence node : nodes) {
      if (node.complete()) {
        platformIds.addAll(node.platforms().getOrDefault(userId, Set.of()));
      }
    }
    return new Status(userId, platformIds);
  }

  /**
   * Lists who is online, about 1,000 users a page. Who is online from the first page to the last is
   * listed, as long as no gateway comes or goes meanwhile.
   *
   * @param cursor 0 to begin, then that of the page before
   */
  public Listing online(long cursor) {
    List<String> nodeIds = new ArrayList<>(new TreeSet<>(gateways.get()));
    int index = (int) (cursor >>> NODE_SHIFT);
    if (index >= nodeIds.size()) {
      return new Listing(List.of(), 0);
    }
    String nodeId = nodeIds.get(index);
    Page page = store.scan(nodeId, cursor & ((1L << NODE_SHIFT) - 1), PAGE);
    // Read anew, since the page tells of one node only.
    Map<String, NodePresence> nodes = new TreeMap<>(store.read(nodeIds, page.platforms().keySet()));
    List<Status> users =
        page.platforms().keySet().stream()
            .filter(userId -> nodeId.equals(firstHolding(userId, nodes)))
            .map(userId -> status(userId, nodes.values()))
            .toList();
    return new Listing(users, next(index, page.cursor(), nodeIds.size()));
  }

  /** The node with whose users the user is listed; empty for one who is offline by now. */
  private static String firstHolding(String userId, Map<String, NodePresence> nodes) {
    return nodes.entrySet().stream()
        .filter(node -> node.getValue().complete())
        .filter(node -> node.getValue().platforms().containsKey(userId))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  private static long next(int index, long within, int nodes) {
    if (within >>> NODE_SHIFT != 0) {
      throw ImException.internal("a cursor of Redis is too large: " + within);
    }
    if (within != 0) {
      return (long) index << NODE_SHIFT | within;
    }
    return index + 1 < nodes ? (long) (index + 1) << NODE_SHIFT : 0;
  }
}
