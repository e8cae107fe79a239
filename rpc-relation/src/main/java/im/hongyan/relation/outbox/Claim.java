package im.hongyan.relation.outbox;

/**
 * The right to send a conversation's notifications for a while.
 *
 * @param number which taking of the conversation this is
 * @param attempts sends that have failed one after the other
 * @param endMillis when others may take it
 */
public record Claim(String conversationId, long number, int attempts, long endMillis) {}
