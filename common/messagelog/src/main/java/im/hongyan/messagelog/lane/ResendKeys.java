package im.hongyan.messagelog.lane;

import im.hongyan.proto.sequencing.InboundRecord;

/**
 * Under which client id resends are looked for (docs/sequencing.md A3, O5). A message that is only
 * pushed has another key than a stored one, so that one with the id of the other is no resend.
 * Stateless.
 */
public final class ResendKeys {
  /** Ends the key of what is only pushed; no client id holds it. */
  private static final String ONLY_PUSHED = "\0";

  private ResendKeys() {}

  /** The client id of an accepted message, as its key. */
  public static String of(InboundRecord record) {
    boolean onlyPushed = record.getCopiesCount() > 0 && !record.getCopies(0).getStored();
    return of(record.getClientMsgId(), !onlyPushed);
  }

  /**
   * The client id of a message, as its key.
   *
   * @param stored whether its first copy gets a seq
   */
  public static String of(String clientMsgId, boolean stored) {
    return stored ? clientMsgId : clientMsgId + ONLY_PUSHED;
  }
}
