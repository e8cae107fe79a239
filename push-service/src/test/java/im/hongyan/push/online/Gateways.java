package im.hongyan.push.online;

import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.wire.error.ImException;
import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateways of a test: how they are found, and what Redis says of them. */
final class Gateways implements ServiceLocator, Presence {
  private final Map<String, FakeGateway> there = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> held = new ConcurrentHashMap<>();
  private final Set<String> incomplete = ConcurrentHashMap.newKeySet();
  private final AtomicInteger reads = new AtomicInteger();
  private volatile boolean away;

  /** A gateway that has these users and has published so. */
  FakeGateway add(String nodeId, String... users) {
    FakeGateway gateway = new FakeGateway(users);
    publish(nodeId, users);
    there.put(nodeId, gateway);
    return gateway;
  }

  /** What Redis says from now on of a gateway. */
  void publish(String nodeId, String... users) {
    held.put(nodeId, Set.of(users));
  }

  /** Redis does not know whether it knows all of the gateway's users. */
  void forget(String nodeId) {
    incomplete.add(nodeId);
  }

  /** Redis does not answer. */
  void away() {
    away = true;
  }

  /** Discovery no longer shows the gateway. */
  void remove(String nodeId) {
    there.remove(nodeId);
  }

  int reads() {
    return reads.get();
  }

  @Override
  public Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> userIds) {
    reads.incrementAndGet();
    if (away) {
      throw ImException.internal("Redis does not answer: it is away", null);
    }
    Map<String, NodePresence> found = new HashMap<>();
    for (String nodeId : nodeIds) {
      Map<String, Set<Integer>> platforms = new HashMap<>();
      Set<String> users = new HashSet<>(held.getOrDefault(nodeId, Set.of()));
      users.retainAll(Set.copyOf(userIds));
      users.forEach(user -> platforms.put(user, Set.of(1)));
      found.put(nodeId, new NodePresence(!incomplete.contains(nodeId), platforms));
    }
    return found;
  }

  @Override
  public Map<String, Channel> nodes(ServiceName service) {
    Map<String, Channel> channels = new TreeMap<>();
    there.forEach((nodeId, gateway) -> channels.put(nodeId, gateway.channel()));
    return channels;
  }

  @Override
  public Channel channel(ServiceName service) {
    throw new UnsupportedOperationException("push-service calls each gateway by its node");
  }

  @Override
  public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {
    throw new UnsupportedOperationException("nothing is served here");
  }

  @Override
  public void withdraw() {
    throw new UnsupportedOperationException("nothing is served here");
  }

  @Override
  public void close() {
    there.values().forEach(FakeGateway::close);
  }
}
