package im.hongyan.relation.outbox;

import im.hongyan.proto.sdkws.MsgData;

/**
 * A notification that rpc-msg refused until it was given up.
 *
 * @param number its place among all of them, in the order of their last refusal
 * @param reason why rpc-msg refused it
 */
public record OutboxDeadLetter(
    long number, String conversationId, String reason, long refusedAtMillis, MsgData message) {}
