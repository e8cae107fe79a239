package im.hongyan.relation.outbox;

/**
 * The right to send a conversation's notifications for a while.
 *
 * @param number which taking of the conversation this is
 * @param attempts sends that have failed one after the other
 */
public record Claim(String conversationId, long number, int attempts) {}
