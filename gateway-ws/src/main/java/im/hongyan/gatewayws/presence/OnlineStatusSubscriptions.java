package im.hongyan.gatewayws.presence;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.RegistryListener;
import im.hongyan.gatewayws.connection.SharedFrame;
import im.hongyan.kit.net.EdgeAllocator;
import im.hongyan.proto.sdkws.SubUserOnlineStatus;
import im.hongyan.proto.sdkws.SubUserOnlineStatusElem;
import im.hongyan.proto.sdkws.SubUserOnlineStatusTips;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.ResponseFrame;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies connections of the users whom they subscribed to (websocket.md 4.4, 7.4). One thread of
 * its own takes subscriptions and changes in one order and asks for the status behind all that have
 * gathered at once, so that a client never ends up with an older status than it was sent. While a
 * gateway cannot be asked nobody is said to have gone offline, up to a limit. Safe for use by
 * several threads; its creator closes it.
 */
public final class OnlineStatusSubscriptions implements RegistryListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OnlineStatusSubscriptions.class);
  private static final int STATUS = 2005;
  private static final int MAX_USER_ID_LENGTH = 64;
  private static final int MAX_BATCH = 1_000;

  /** Beyond these, subscriptions are refused with 429. */
  private static final int MAX_EVENTS = 50_000;

  private final OnlineStatus status;
  private final Subscriptions subscriptions;
  private final Duration doubt;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(MAX_EVENTS);

  /** Whether changes or ends did not fit, so that all connections and users are looked at. */
  private final AtomicBoolean missed = new AtomicBoolean();

  private final Thread thread;

  /** Users whose status must be asked for again. */
  private final Set<String> open = new LinkedHashSet<>();

  /** Since when some gateway could not be asked; 0 while all can. */
  private long doubtedNanos;

  private sealed interface Event {
    record Subscribe(
        ClientConnection connection,
        SubUserOnlineStatus request,
        Consumer<SubUserOnlineStatusTips> reply,
        Consumer<ImException> failure)
        implements Event {}

    record Gone(ClientConnection connection) implements Event {}

    record Changed(Collection<String> users) implements Event {}

    record AllChanged() implements Event {}
  }

  /**
   * Begins to watch.
   *
   * @param subscriptions of all connections, used by this alone from now on
   * @param doubt how long users of a gateway that cannot be asked are believed to be online
   */
  public OnlineStatusSubscriptions(
      OnlineStatus status, Subscriptions subscriptions, Duration doubt, MeterRegistry meters) {
    this.status = status;
    this.subscriptions = subscriptions;
    this.doubt = doubt;
    meters.gaugeCollectionSize("ws_status_events", Tags.empty(), events);
    thread = Thread.ofVirtual().name("status-watch").start(this::run);
  }

  /** Answers request 2005; exactly one of the consumers is called. */
  public void subscribe(
      ClientConnection connection,
      SubUserOnlineStatus request,
      Consumer<SubUserOnlineStatusTips> reply,
      Consumer<ImException> failure) {
    if (!events.offer(new Event.Subscribe(connection, request, reply, failure))) {
      failure.accept(ImError.TOO_MANY_REQUESTS.bare());
    }
  }

  /** A connection ended, and its subscriptions with it. */
  @Override
  public void removed(ClientConnection connection, boolean last) {
    add(new Event.Gone(connection));
  }

  /** The platforms of users may have changed. */
  public void changed(Collection<String> users) {
    add(new Event.Changed(users));
  }

  /** Changes may have been missed. */
  public void allChanged() {
    add(new Event.AllChanged());
  }

  private void add(Event event) {
    if (!events.offer(event)) {
      missed.set(true);
    }
  }

  private void run() {
    List<Event> batch = new ArrayList<>();
    while (!Thread.currentThread().isInterrupted()) {
      try {
        batch.add(next());
        events.drainTo(batch, MAX_BATCH);
        handle(batch);
      } catch (InterruptedException stopping) {
        return;
      } catch (RuntimeException e) {
        LOG.error("subscriptions could not be served", e);
      }
      batch.clear();
    }
  }

  private Event next() throws InterruptedException {
    if (open.isEmpty()) {
      return events.take();
    }
    Event next = events.poll(doubt.toMillis() / 10 + 1, TimeUnit.MILLISECONDS);
    return next == null ? new Event.Changed(List.of()) : next;
  }

  private void handle(List<Event> batch) {
    List<Event.Subscribe> asking = new ArrayList<>();
    if (missed.getAndSet(false)) {
      subscriptions.removeIf(connection -> !connection.alive());
      open.addAll(subscriptions.users());
    }
    for (Event event : batch) {
      switch (event) {
        case Event.Subscribe subscribe -> take(subscribe, asking);
        case Event.Gone gone -> subscriptions.remove(gone.connection());
        case Event.Changed changed -> open.addAll(changed.users());
        case Event.AllChanged _ -> open.addAll(subscriptions.users());
      }
    }
    open.retainAll(subscriptions.users());
    Set<String> users = new HashSet<>(open);
    asking.forEach(subscribe -> users.addAll(subscribe.request().getSubscribeUserIDList()));
    if (users.isEmpty()) {
      return;
    }
    try {
      OnlineStatus.Known known = status.of(users);
      // Before the replies, which give the newest state to those who ask now.
      learn(known);
      asking.forEach(subscribe -> subscribe.reply().accept(tips(subscribe, known.platforms())));
    } catch (ImException away) {
      asking.forEach(subscribe -> subscribe.failure().accept(away));
    }
  }

  private void take(Event.Subscribe subscribe, List<Event.Subscribe> asking) {
    SubUserOnlineStatus request = subscribe.request();
    if (!subscribe.connection().alive()) {
      subscribe.failure().accept(ImError.INTERNAL.with("the connection ended"));
    } else if (!isBounded(request.getSubscribeUserIDList())) {
      subscribe.failure().accept(ImError.ARGS.with("too many, or too long, userIDs"));
    } else if (!subscriptions.change(
        subscribe.connection(),
        request.getUnsubscribeUserIDList(),
        request.getSubscribeUserIDList())) {
      subscribe.failure().accept(ImError.ARGS.with("too many subscriptions"));
    } else if (request.getSubscribeUserIDCount() == 0) {
      subscribe.reply().accept(SubUserOnlineStatusTips.getDefaultInstance());
    } else {
      asking.add(subscribe);
    }
  }

  /** Ids may come twice, each with its answer, and no user has one so long. */
  private boolean isBounded(List<String> users) {
    return users.size() <= subscriptions.mostPerConnection()
        && users.stream().noneMatch(user -> user.length() > MAX_USER_ID_LENGTH);
  }

  private static SubUserOnlineStatusTips tips(
      Event.Subscribe subscribe, Map<String, SortedSet<Integer>> platforms) {
    SubUserOnlineStatusTips.Builder tips = SubUserOnlineStatusTips.newBuilder();
    for (String user : subscribe.request().getSubscribeUserIDList()) {
      tips.addSubscribers(element(user, platforms.get(user)));
    }
    return tips.build();
  }

  private static SubUserOnlineStatusElem element(
      String user, @Nullable SortedSet<Integer> platforms) {
    SubUserOnlineStatusElem.Builder element = SubUserOnlineStatusElem.newBuilder().setUserID(user);
    if (platforms != null) {
      element.addAllOnlinePlatformIDs(platforms);
    }
    return element.build();
  }

  /** Pushes what changed. Who seems to have gone is asked for again while that is not certain. */
  private void learn(OnlineStatus.Known known) {
    long now = System.nanoTime();
    if (known.complete()) {
      doubtedNanos = 0;
    } else if (doubtedNanos == 0) {
      doubtedNanos = now;
    }
    boolean certain = doubtedNanos == 0 || now - doubtedNanos > doubt.toNanos();
    known
        .platforms()
        .forEach((user, platforms) -> {
          if (!certain && platforms.isEmpty() && subscriptions.saysOnline(user)) {
            open.add(user);
            return;
          }
          open.remove(user);
          Set<ClientConnection> subscribers = subscriptions.learnt(user, platforms);
          if (!subscribers.isEmpty()) {
            push(user, platforms, subscribers);
          }
        });
  }

  private static void push(
      String user, SortedSet<Integer> platforms, Set<ClientConnection> subscribers) {
    SubUserOnlineStatusTips tips =
        SubUserOnlineStatusTips.newBuilder()
            .addSubscribers(element(user, new TreeSet<>(platforms)))
            .build();
    try (SharedFrame frame =
        new SharedFrame(new ResponseFrame(STATUS, "", "", 0, "", tips.toByteString()))) {
      for (ClientConnection connection : subscribers) {
        if (connection.loop().isFull()) {
          connection.giveUp();
          continue;
        }
        ByteBuf bytes = frame.in(connection.form(), connection.allocator());
        connection
            .loop()
            .push(bytes.readableBytes(), () -> connection.push("status " + user, bytes));
      }
    } catch (EdgeAllocator.ExhaustedException full) {
      subscribers.forEach(ClientConnection::giveUp);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
