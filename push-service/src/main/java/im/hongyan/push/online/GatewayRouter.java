package im.hongyan.push.online;

import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Worker;
import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import im.hongyan.push.online.RoutedPush.GatewayPush;
import im.hongyan.wire.error.ImException;
import io.grpc.Channel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends pushes to the gateways that hold their recipients. A gateway that has not registered its
 * users gets every push unasked, and so do all while Redis is away. Recipients whom a gateway no
 * longer had are looked up once more and sent to where they are by then; who is nowhere gets the
 * message by pulling.
 *
 * <p>{@link #refresh} and {@link #send} belong to one thread, which gives the order of a lane's
 * pushes; the second look is a virtual thread of its own. Its creator closes it.
 */
final class GatewayRouter implements GatewayLink.Results, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayRouter.class);

  /** Pushes with absent recipients that may wait for a second look; others are left to pulls. */
  private static final int MAX_MISSING = 10_000;

  private static final int MAX_LOOKED_UP_AT_ONCE = 500;

  /** What is known of a gateway that nobody asked about. */
  private static final NodePresence UNASKED = new NodePresence(false, Map.of());

  private final Presence presence;
  private final ServiceLocator locator;
  private final Map<String, GatewayLink> links = new ConcurrentHashMap<>();
  private final BlockingQueue<Missing> missing = new ArrayBlockingQueue<>(MAX_MISSING);
  private final Counter sent;
  private final Counter unasked;
  private final Counter again;
  private final Worker secondLook;

  /**
   * Somebody to look for; its push counts as under way meanwhile.
   *
   * @param users who was absent
   */
  private record Missing(RoutedPush push, List<String> users) {}

  /**
   * A push with all it needs to be sent.
   *
   * @param head the push without recipients
   */
  record Outgoing(Push head, Targets targets, DeliveryTracker tracker) {}

  GatewayRouter(Presence presence, ServiceLocator locator, MeterRegistry meters) {
    this.presence = presence;
    this.locator = locator;
    sent = meters.counter("push_sent");
    unasked = meters.counter("push_unasked");
    again = meters.counter("push_again");
    secondLook = Worker.start("push-second-look", this::lookAgain);
  }

  /** Closes the links of gateways that are gone, and goes on where a stream has broken. */
  void refresh() {
    Set<String> there = gateways().keySet();
    links
        .entrySet()
        .removeIf(link -> {
          boolean gone = !there.contains(link.getKey());
          if (gone) {
            link.getValue().close();
          }
          return gone;
        });
    links.values().forEach(GatewayLink::keepUp);
  }

  private Map<String, Channel> gateways() {
    return locator.nodes(ServiceName.GATEWAY_WS);
  }

  /**
   * Sends pushes in this order; presence is asked once for all of them, but not for members of
   * large groups: a gateway finds out sooner itself whom of them it holds.
   */
  void send(List<Outgoing> pushes) {
    if (pushes.isEmpty()) {
      return;
    }
    Map<String, Channel> gateways = gateways();
    Map<String, NodePresence> holders =
        gateways.size() < 2 ? Map.of() : read(gateways.keySet(), named(pushes));
    for (Outgoing push : pushes) {
      int slices = push.targets().slices();
      for (Targets.Slice slice : push.targets().cut()) {
        Push head = push.head();
        if (slices > 1) {
          head = head.toBuilder().setSlice(slice.number()).setSlices(slices).build();
        }
        send(new RoutedPush(head, slice, push.tracker()), slice, gateways, holders);
      }
      push.tracker().closed();
    }
  }

  private void send(
      RoutedPush routedPush,
      Targets.Slice slice,
      Map<String, Channel> gateways,
      Map<String, NodePresence> holders) {
    Map<String, GatewayPush> parts = new LinkedHashMap<>();
    gateways
        .keySet()
        .forEach(nodeId -> {
          NodePresence holder = holders.getOrDefault(nodeId, UNASKED);
          List<String> users = slice.kept() ? slice.users() : targets(holder, slice.users());
          if (!users.isEmpty()) {
            parts.put(nodeId, routedPush.to(nodeId, users));
            routedPush.tracker().opened();
            sent.increment();
            if (!slice.kept() && !holder.complete() && gateways.size() > 1) {
              unasked.increment();
            }
          }
        });
    // All are noted before the first can report somebody absent.
    parts.forEach((nodeId, part) -> link(nodeId, gateways).send(part));
  }

  private GatewayLink link(String nodeId, Map<String, Channel> gateways) {
    return links.computeIfAbsent(
        nodeId, id -> new GatewayLink(id, Objects.requireNonNull(gateways.get(id)), this));
  }

  private static Set<String> named(List<Outgoing> pushes) {
    Set<String> users = new LinkedHashSet<>();
    pushes.forEach(push -> users.addAll(push.targets().users()));
    return users;
  }

  /** Those of the users whom a gateway is sent a push for. */
  private static List<String> targets(NodePresence holder, List<String> users) {
    return holder.complete()
        ? users.stream().filter(holder.platforms()::containsKey).toList()
        : users;
  }

  /** Nothing while Redis is away, so that every gateway counts as one that was not asked. */
  private Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> users) {
    try {
      return presence.read(nodeIds, users);
    } catch (ImException away) {
      LOG.warn("pushing to all gateways: {}", away.detail());
      return Map.of();
    }
  }

  @Override
  public void reported(GatewayPush part, PushResult result) {
    part.tracker().reached(reached(part, result));
    if (!part.again() && result.getAbsentCount() > 0) {
      part.tracker().opened();
      if (!missing.offer(new Missing(part.push(), named(part, result.getAbsentList())))) {
        LOG.warn("too many absent recipients; some are left to their clients' pull");
        part.tracker().closed();
      }
    }
    part.tracker().closed();
  }

  private static List<String> reached(GatewayPush part, PushResult result) {
    if (result.getReachedBits().isEmpty()) {
      return named(part, result.getReachedList());
    }
    List<Integer> bits =
        BitSet.valueOf(result.getReachedBits().asReadOnlyByteBuffer()).stream().boxed().toList();
    return named(part, bits);
  }

  private static List<String> named(GatewayPush part, List<Integer> indexes) {
    return indexes.stream()
        .filter(index -> index >= 0 && index < part.users().size())
        .map(part.users()::get)
        .toList();
  }

  @Override
  public void lost(GatewayPush part) {
    part.tracker().closed();
  }

  private void lookAgain() throws InterruptedException {
    List<Missing> batch = new ArrayList<>();
    while (true) {
      batch.add(missing.take());
      missing.drainTo(batch, MAX_LOOKED_UP_AT_ONCE - 1);
      try {
        lookAgain(batch);
      } catch (RuntimeException e) {
        LOG.error("absent recipients were not looked up again", e);
      }
      batch.forEach(one -> one.push().tracker().closed());
      batch.clear();
    }
  }

  /** Whether absent recipients are looked up again. */
  boolean isRunning() {
    return secondLook.isRunning();
  }

  private void lookAgain(List<Missing> batch) {
    Map<String, Channel> gateways = gateways();
    List<Missing> open =
        batch.stream()
            .filter(one -> !one.push().notSentWhole(gateways.keySet()).isEmpty())
            .toList();
    if (open.isEmpty()) {
      return;
    }
    Set<String> users = new LinkedHashSet<>();
    open.forEach(one -> users.addAll(one.users()));
    Map<String, NodePresence> holders = read(gateways.keySet(), users);
    for (Missing one : open) {
      sendAgain(one, gateways, holders);
    }
  }

  private void sendAgain(
      Missing one, Map<String, Channel> gateways, Map<String, NodePresence> holders) {
    Set<String> found = new HashSet<>();
    gateways
        .keySet()
        .forEach(nodeId -> {
          List<String> users =
              targets(holders.getOrDefault(nodeId, UNASKED), one.users()).stream()
                  .filter(user -> one.push().mayBeSentAgain(nodeId, user))
                  .toList();
          if (!users.isEmpty()) {
            one.push().tracker().opened();
            link(nodeId, gateways).send(one.push().again(users));
            again.increment();
            found.addAll(users);
          }
        });
    one.push().sentAgain(found);
  }

  @Override
  public void close() {
    secondLook.close();
    links.values().forEach(GatewayLink::close);
  }
}
