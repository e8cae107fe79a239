package im.hongyan.relation.presence;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.presence.PresenceReader.Page;
import im.hongyan.proto.user.getAllOnlineUsersReq;
import im.hongyan.proto.user.getAllOnlineUsersResp;
import im.hongyan.proto.user.getSubscribeUsersStatusResp;
import im.hongyan.proto.user.getUserStatusReq;
import im.hongyan.proto.user.getUserStatusResp;
import im.hongyan.proto.user.onlineStatus;
import im.hongyan.proto.user.subscribeOrCancelUsersStatusResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who is online (websocket.md 7, rest-account.md 2.12): what the gateways publish, put together. A
 * gateway that has not registered its users counts as holding nobody. Safe for use by several
 * threads; may block.
 */
public final class Presence implements Feature {
  private static final int PAGE = 1_000;
  private static final int ONLINE = 1;

  /** A listing's cursor: a place within a node's users, and above these bits the node. */
  private static final int NODE_SHIFT = 48;

  private final PresenceStore store;
  private final GatewayNodes gateways;

  /** Creates the feature. */
  public Presence(PresenceStore store, GatewayNodes gateways) {
    this.store = store;
    this.gateways = gateways;
  }

  /** Those of these users who may be connected: certainly, or as far as is known. */
  public Set<UserId> connected(Collection<UserId> users) {
    List<String> ids = users.stream().map(UserId::value).toList();
    Collection<NodePresence> nodes = store.read(gateways.ids(), ids).values();
    if (nodes.stream().anyMatch(node -> !node.complete())) {
      return Set.copyOf(users);
    }
    return users.stream()
        .filter(user -> nodes.stream().anyMatch(node -> node.platforms().containsKey(user.value())))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(userGrpc.getGetUserStatusMethod(), this::getStatuses);
    rpcs.unary(userGrpc.getGetAllOnlineUsersMethod(), this::getAllOnline);
    // As in OpenIM these two do nothing: subscriptions are made over the WebSocket.
    rpcs.unary(
        userGrpc.getSubscribeOrCancelUsersStatusMethod(),
        (caller, request) -> subscribeOrCancelUsersStatusResp.getDefaultInstance());
    rpcs.unary(
        userGrpc.getGetSubscribeUsersStatusMethod(),
        (caller, request) -> getSubscribeUsersStatusResp.getDefaultInstance());
  }

  /** In the order asked; who is asked for twice comes twice. */
  private getUserStatusResp getStatuses(Caller caller, getUserStatusReq request) {
    Collection<NodePresence> nodes = store.read(gateways.ids(), request.getUserIDsList()).values();
    return getUserStatusResp
        .newBuilder()
        .addAllStatusList(request.getUserIDsList().stream().map(id -> status(id, nodes)).toList())
        .build();
  }

  /** Platforms ascending; none for a user who is offline. */
  private static onlineStatus status(String userId, Collection<NodePresence> nodes) {
    Set<Integer> platformIds = new TreeSet<>();
    for (NodePresence node : nodes) {
      if (node.complete()) {
        platformIds.addAll(node.platforms().getOrDefault(userId, Set.of()));
      }
    }
    return onlineStatus
        .newBuilder()
        .setUserID(userId)
        .setStatus(platformIds.isEmpty() ? 0 : ONLINE)
        .addAllPlatformIDs(platformIds)
        .build();
  }

  /**
   * About 1,000 users a page, each once; cursor 0 begins and ends. Who is online from the first
   * page to the last is listed, as long as no gateway comes or goes meanwhile.
   */
  private getAllOnlineUsersResp getAllOnline(Caller caller, getAllOnlineUsersReq request) {
    long cursor = request.getCursor();
    List<String> nodeIds = new ArrayList<>(new TreeSet<>(gateways.ids()));
    int index = (int) (cursor >>> NODE_SHIFT);
    if (index >= nodeIds.size()) {
      return getAllOnlineUsersResp.getDefaultInstance();
    }
    String nodeId = nodeIds.get(index);
    Page page = store.scan(nodeId, cursor & ((1L << NODE_SHIFT) - 1), PAGE);
    // Read anew, since the page covers one node only.
    Map<String, NodePresence> nodes = new TreeMap<>(store.read(nodeIds, page.platforms().keySet()));
    getAllOnlineUsersResp.Builder answer =
        getAllOnlineUsersResp
            .newBuilder()
            .setNextCursor(next(index, page.cursor(), nodeIds.size()));
    page.platforms().keySet().stream()
        .filter(userId -> nodeId.equals(firstHolding(userId, nodes)))
        .forEach(userId -> answer.addStatusList(status(userId, nodes.values())));
    return answer.build();
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
      throw new StoreUnavailableException("a cursor of Redis is too large: " + within);
    }
    if (within != 0) {
      return (long) index << NODE_SHIFT | within;
    }
    return index + 1 < nodes ? (long) (index + 1) << NODE_SHIFT : 0;
  }
}
