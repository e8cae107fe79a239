package im.hongyan.relation.conversation;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.ClearUserConversationMsgReq;
import im.hongyan.proto.conversation.ClearUserConversationMsgResp;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetConversationsNeedClearMsgReq;
import im.hongyan.proto.conversation.GetConversationsNeedClearMsgResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages from users who let them destruct (messaging.md 6.7, 8): what is older than the
 * time that the row says goes out of its owner's reach, by a clear in the log; the log's change of
 * the window then makes the entry in the owner's list and 1300. Every rpc-relation runs it; a row
 * is one's own for a minute, and another's after that. Safe for use by several threads.
 */
public final class MessageDestructs implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(MessageDestructs.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final int ROWS_A_STEP = 100;
  private static final String OPERATION = "message-destructs";

  /** A row is looked at ten times within its time, but neither more often nor more seldom. */
  private static final int LOOKS = 10;

  private static final long MOST_OFTEN = Duration.ofSeconds(1).toMillis();
  private static final long MOST_SELDOM = Duration.ofHours(1).toMillis();

  private final MessageDestructStore store;
  private final MessageReads messages;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Counter cleared;
  private final AtomicLong lag = new AtomicLong();
  private final AtomicLong lastLease = new AtomicLong();

  /**
   * Creates the feature, with the counter {@code message_destructs} and the gauge {@code
   * message_destruct_lag_seconds}.
   */
  public MessageDestructs(
      MessageDestructStore store,
      MessageReads messages,
      InstantSource clock,
      MeterRegistry meters) {
    this.store = store;
    this.messages = messages;
    this.clock = clock;
    this.meters = meters;
    cleared = meters.counter("message_destructs");
    meters.gauge("message_destruct_lag_seconds", lag, AtomicLong::doubleValue);
  }

  /** Works off what becomes due until the caller closes it. */
  public Periodic start() {
    return Periodic.every(PAUSE, "message-destructs", meters, this::clearAll);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(conversationGrpc.getGetConversationsNeedClearMsgMethod(), this::due);
    rpcs.unary(conversationGrpc.getClearUserConversationMsgMethod(), this::clear);
  }

  private GetConversationsNeedClearMsgResp due(
      Caller caller, GetConversationsNeedClearMsgReq request) {
    return GetConversationsNeedClearMsgResp.newBuilder()
        .addAllConversations(store.due(clock.millis(), ROWS_A_STEP))
        .build();
  }

  /**
   * One step on behalf of another service; its time is ours, since that is what rows are due by.
   */
  private ClearUserConversationMsgResp clear(Caller caller, ClearUserConversationMsgReq request) {
    int most = request.getLimit() == 0 ? ROWS_A_STEP : request.getLimit();
    return ClearUserConversationMsgResp.newBuilder().setCount(step(most)).build();
  }

  /** Works off what is due. */
  void clearAll() {
    int rows = step(ROWS_A_STEP);
    while (rows == ROWS_A_STEP) {
      rows = step(ROWS_A_STEP);
    }
    long now = clock.millis();
    lag.set(store.oldest().stream().map(at -> Math.max(0, now - at) / 1_000).sum());
  }

  /** Takes the next rows; returns how many. */
  private int step(int most) {
    long now = clock.millis();
    long lease = lastLease.updateAndGet(last -> Math.max(last + 1, now + LEASE.toMillis()));
    List<Conversation> rows = store.claim(now, lease, most);
    for (Conversation row : rows) {
      try {
        if (CallContext.service(OPERATION).call(() -> clears(row, now))) {
          cleared.increment();
        }
        store.done(row, lease, now, now + pause(row));
      } catch (ImException e) {
        // Tried again when the lease ends.
        LOG.warn(
            "messages of {} in {} do not destruct now: {}",
            row.getOwnerUserID(),
            row.getConversationID(),
            e.toString());
      }
    }
    return rows.size();
  }

  /** Whether something was old enough. */
  private boolean clears(Conversation row, long now) {
    ConversationId id = new ConversationId(row.getConversationID());
    long seconds = Math.min(row.getMsgDestructTime(), now / 1_000);
    long seq = messages.newestUntil(id, now - seconds * 1_000);
    if (seq < Math.max(1, row.getMinSeq())) {
      return false;
    }
    messages.setFirstSeq(id, List.of(new UserId(row.getOwnerUserID())), seq + 1);
    return true;
  }

  private static long pause(Conversation row) {
    long seconds = Math.min(row.getMsgDestructTime(), Duration.ofDays(1).toSeconds());
    return Math.clamp(seconds * 1_000 / LOOKS, MOST_OFTEN, MOST_SELDOM);
  }
}
