package im.hongyan.webhooks;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks that may change or refuse a push (messaging.md 7.2, 7.3, 9.3 "Push"). Not asked about
 * typing, and not at all where {@link #NONE} is plugged in. A record that holds a message and its
 * notification is asked about once, for the first of them. Called on virtual threads, may block;
 * the next messages of the conversation wait meanwhile, no others. A refusal is thrown as {@link
 * im.hongyan.wire.error.ImException}.
 */
public interface PushHooks {
  /** No hooks. */
  PushHooks NONE = new PushHooks() {};

  /**
   * What an offline push becomes.
   *
   * @param userIds who gets it instead; empty for the same
   * @param info what is sent instead; null for the same
   */
  record Offline(List<String> userIds, @Nullable OfflinePushInfo info) {
    /** Nothing is changed. */
    public static final Offline SAME = new Offline(List.of(), null);

    /** Copies the list. */
    public Offline {
      userIds = List.copyOf(userIds);
    }
  }

  /** Before a push to users; a refusal ends the push, online and offline. */
  default void beforeOnlinePush(MsgData message, List<String> userIds) {}

  /**
   * Before a push to a group; a refusal ends the push, online and offline.
   *
   * @return who gets it instead of the members; empty for the members
   */
  default List<String> beforeGroupOnlinePush(MsgData message) {
    return List.of();
  }

  /** Before an offline push to these users; a refusal ends it. */
  default Offline beforeOfflinePush(MsgData message, List<String> userIds) {
    return Offline.SAME;
  }
}
