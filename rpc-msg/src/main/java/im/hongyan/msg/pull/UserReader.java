package im.hongyan.msg.pull;

import com.google.common.collect.Lists;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.messagelog.lane.LaneViews;
import im.hongyan.messagelog.lane.MarkStore.Place;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.lane.UserWindow;
import im.hongyan.msg.pull.LaneReader.Top;
import im.hongyan.msg.pull.LaneReader.Try;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads as one user: windows, and what mutations made of messages. Redis is read first and MySQL
 * after it: a mutation leaves Redis only when MySQL has it, so that none is missed between the two.
 * Safe for use by several threads; may block. Stores that do not answer fail the call with 500.
 */
public final class UserReader {
  private static final Logger LOG = LoggerFactory.getLogger(UserReader.class);
  private static final int CONVERSATIONS_PER_SCRIPT = 1_000;

  /** Reads what is there for everybody: nobody's own deletions count. */
  public static final UserId NOBODY = new UserId("");

  private final LaneReader lanes;
  private final ReadStores stores;
  private final Owners owners;
  private final Counter missing;

  public UserReader(LaneReader lanes, ReadStores stores, MeterRegistry meters) {
    this.lanes = lanes;
    this.stores = stores;
    owners = new Owners(stores.marks());
    missing = meters.counter("messages_missing");
  }

  /** What a user may read of one conversation. */
  public ConversationAccess access(UserId user, String conversationId) {
    return Objects.requireNonNull(accesses(user, List.of(conversationId)).get(conversationId));
  }

  /** What a user may read of each of these conversations, also where the user takes no part. */
  public Map<String, ConversationAccess> accesses(UserId user, Collection<String> conversationIds) {
    Map<Integer, Set<String>> byLane = new HashMap<>();
    conversationIds.forEach(
        id -> byLane.computeIfAbsent(lanes.lane(id), lane -> new LinkedHashSet<>()).add(id));
    Map<String, LaneViews.ConversationState> shown = new HashMap<>();
    byLane.forEach((lane, ids) -> {
      for (List<String> some : Lists.partition(List.copyOf(ids), CONVERSATIONS_PER_SCRIPT)) {
        shown.putAll(lanes.onLane(lane, known -> shown(lane, known, user, some)));
      }
    });
    // After the lanes were read: whose message is visible, his the conversation is by then.
    Map<String, ConversationOwner> ofNotifications =
        owners.of(
            conversationIds.stream()
                .map(ConversationId::new)
                .filter(ConversationId::isNotification)
                .toList());
    Set<String> rows = new LinkedHashSet<>(conversationIds);
    conversationIds.forEach(id -> rows.add(rowOf(id, ofNotifications)));
    Map<String, Place> places = stores.marks().places(user.value(), rows);
    Map<String, ConversationAccess> accesses = new LinkedHashMap<>();
    for (String id : conversationIds) {
      accesses.put(id, access(user, id, shown(shown, id), places, ofNotifications));
    }
    requireNotOthers(
        user,
        accesses.entrySet().stream()
            .filter(access -> !access.getValue().takesPart())
            .map(access -> new ConversationId(access.getKey()))
            .toList());
    return accesses;
  }

  /** What each of these users may read of a conversation, and how far each has read it. */
  public Map<UserId, UserWindow> windows(ConversationId id, Collection<UserId> users) {
    List<String> ids = users.stream().map(UserId::value).toList();
    int lane = lanes.lane(id.value());
    Map<String, UserWindow> shown =
        lanes.onLane(
            lane,
            known -> {
              var read = stores.views().windows(lane, known.generation(), id.value(), ids);
              return new Try<>(read.state(), read.values());
            });
    Map<String, UserWindow> kept = stores.marks().windows(id.value(), ids);
    Map<UserId, UserWindow> windows = new HashMap<>();
    for (String user : ids) {
      windows.put(
          new UserId(user),
          shown.getOrDefault(user, UserWindow.OPEN).with(kept.getOrDefault(user, UserWindow.OPEN)));
    }
    return windows;
  }

  /**
   * Refuses conversations that others have under the id which the user's own would have.
   *
   * @throws ImException 1001 when one belongs to others
   */
  public void requireNotOthers(UserId user, Collection<ConversationId> ids) {
    List<ConversationId> named =
        ids.stream().filter(id -> !id.isGroup() && isPairOf(user, id)).toList();
    for (ConversationOwner owner : owners.of(named).values()) {
      if (!owner.isPairWith(user.value())) {
        throw ImError.ARGS.with("conversation belongs to others");
      }
    }
  }

  private Try<Map<String, LaneViews.ConversationState>> shown(
      int lane, LaneState known, UserId user, List<String> ids) {
    var read = stores.views().states(lane, known.generation(), user.value(), ids);
    Map<String, LaneViews.ConversationState> shown = read.values();
    if (shown == null) {
      return new Try<>(read.state(), null);
    }
    List<String> rest = ids.stream().filter(id -> shown(shown, id).top() == null).toList();
    Map<String, Top> kept = lanes.kept(lane, read.state(), rest);
    if (kept == null) {
      return new Try<>(read.state(), null);
    }
    Map<String, LaneViews.ConversationState> whole = new HashMap<>(shown);
    kept.forEach((id, top) ->
        whole.put(
            id,
            new LaneViews.ConversationState(
                new LaneCache.Top(top.seq(), top.sendTimeMillis()), shown(shown, id).window())));
    return new Try<>(read.state(), whole);
  }

  private static LaneViews.ConversationState shown(
      Map<String, LaneViews.ConversationState> shown, String id) {
    return Objects.requireNonNull(shown.get(id));
  }

  private static ConversationAccess access(
      UserId user,
      String id,
      LaneViews.ConversationState shown,
      Map<String, Place> places,
      Map<String, ConversationOwner> owners) {
    Place own = places.getOrDefault(id, Place.NONE);
    Place row = places.getOrDefault(rowOf(id, owners), Place.NONE);
    UserWindow window = shown.window().with(own.window());
    long bound = window.upper(row.membershipVersion());
    long cap = bound > 0 ? bound : Long.MAX_VALUE;
    var shownTop = shown.top();
    Top top = shownTop == null ? Top.NONE : new Top(shownTop.seq(), shownTop.sendTimeMillis());
    boolean takesPart = row.hasRow() || ownsNotifications(user, new ConversationId(id), owners);
    if (!row.hasRow() && !owners.containsKey(new ConversationId(id).key())) {
      // It may become another pair's.
      cap = Math.min(cap, top.seq());
    }
    Bounds bounds = new Bounds(window.lower(), Math.min(top.seq(), cap));
    return new ConversationAccess(takesPart, top, bounds, cap, window.read());
  }

  /** The chat whose row says that its user takes part; a group's for its notifications. */
  private static String rowOf(String conversationId, Map<String, ConversationOwner> owners) {
    ConversationId id = new ConversationId(conversationId);
    ConversationOwner owner = owners.get(id.key());
    boolean ofGroup = owner == null ? id.key().indexOf('_') < 0 : owner.isGroup();
    return id.isNotification() && ofGroup ? ConversationId.group(id.key()).value() : conversationId;
  }

  /** Whether these are notifications of the user and another; nobody's are whoever's asks. */
  private static boolean ownsNotifications(
      UserId user, ConversationId id, Map<String, ConversationOwner> owners) {
    ConversationOwner owner = owners.get(id.key());
    return id.isNotification()
        && isPairOf(user, id)
        && (owner == null || owner.isPairWith(user.value()));
  }

  /**
   * Whether an id names the user on one side, and the sides are in the order that the id of just
   * this pair has.
   */
  private static boolean isPairOf(UserId user, ConversationId id) {
    String userId = user.value();
    String pair = id.key();
    String prefix = userId + "_";
    String suffix = "_" + userId;
    boolean first =
        pair.startsWith(prefix)
            && ConversationId.pair(userId, pair.substring(prefix.length())).equals(pair);
    boolean second =
        pair.endsWith(suffix)
            && ConversationId.pair(pair.substring(0, pair.length() - suffix.length()), userId)
                .equals(pair);
    return first || second;
  }

  /**
   * Visible messages by seq, as a user finds them.
   *
   * @throws ImException 500 when one of them is in no store, which is counted: no seq may be taken
   *     for deleted without a proof
   */
  public Map<Long, StoredMessage> page(UserId user, String conversationId, Collection<Long> seqs) {
    if (seqs.isEmpty()) {
      return Map.of();
    }
    int lane = lanes.lane(conversationId);
    LaneViews.Page shown =
        lanes.onLane(
            lane,
            known -> {
              var read =
                  stores.views().page(lane, known.generation(), user.value(), conversationId, seqs);
              return new Try<>(read.state(), read.values());
            });
    Map<Long, MessageMarks> kept = stores.marks().marks(user.value(), conversationId, seqs);
    Map<Long, StoredMessage> page = new HashMap<>();
    Map<Long, byte[]> bodies = new HashMap<>(shown.bodies());
    List<Long> wanted = new ArrayList<>();
    for (Long seq : seqs) {
      MessageMarks marks = marks(shown, kept, seq);
      if (marks.erased()) {
        page.put(seq, new StoredMessage(null, marks));
      } else {
        wanted.add(seq);
      }
    }
    fill(bodies, wanted, missing -> stores.inbox().find(conversationId, missing));
    fill(bodies, wanted, missing -> stores.history().find(conversationId, missing));
    for (Long seq : wanted) {
      byte[] body = bodies.get(seq);
      MessageMarks marks = marks(shown, kept, seq);
      if (body != null) {
        page.put(seq, StoredMessage.of(LaneReader.parse(body), marks));
      } else {
        requireUnreadable(conversationId, seq);
        page.put(seq, new StoredMessage(null, marks));
      }
    }
    return page;
  }

  /**
   * What is in no store nobody may read any more: so a quote may name it, or a reader who asked
   * before, and the first readable seq was raised before it was deleted. Looked up afterwards.
   */
  private void requireUnreadable(String conversationId, long seq) {
    Place place =
        stores
            .marks()
            .places(NOBODY.value(), List.of(conversationId))
            .getOrDefault(conversationId, Place.NONE);
    if (seq >= place.window().conversationMin()) {
      missing.increment();
      LOG.error("message {} of {} is in no store", seq, conversationId);
      throw new StoreUnavailableException(
          "message " + seq + " of " + conversationId + " is in no store");
    }
  }

  /**
   * What history still holds of messages that nobody may read any more, by seq; what it does not is
   * left out.
   */
  public Map<Long, StoredMessage> kept(String conversationId, Collection<Long> seqs) {
    Map<Long, StoredMessage> kept = new HashMap<>();
    if (!seqs.isEmpty()) {
      Map<Long, MessageMarks> marks = stores.marks().marks("", conversationId, seqs);
      stores
          .history()
          .find(conversationId, seqs)
          .forEach((seq, body) -> {
            MessageMarks made = marks.getOrDefault(seq, MessageMarks.NONE);
            StoredMessage stored = StoredMessage.of(LaneReader.parse(body), made);
            kept.put(seq, made.erased() ? new StoredMessage(null, made) : stored);
          });
    }
    return kept;
  }

  private static MessageMarks marks(LaneViews.Page shown, Map<Long, MessageMarks> kept, Long seq) {
    return shown
        .marks()
        .getOrDefault(seq, MessageMarks.NONE)
        .with(kept.getOrDefault(seq, MessageMarks.NONE));
  }

  static void fill(
      Map<Long, byte[]> bodies,
      Collection<Long> seqs,
      Function<List<Long>, Map<Long, byte[]>> store) {
    List<Long> missing = seqs.stream().filter(seq -> !bodies.containsKey(seq)).toList();
    if (!missing.isEmpty()) {
      bodies.putAll(store.apply(missing));
    }
  }

  /**
   * The newest seq below another whose message history has and was not deleted, neither for
   * everybody nor by the user; an empty user has deleted nothing.
   */
  OptionalLong newestBelow(UserId user, String conversationId, long seq) {
    return stores.marks().newestBelow(user.value(), conversationId, seq);
  }
}
