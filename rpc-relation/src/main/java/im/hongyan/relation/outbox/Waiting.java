package im.hongyan.relation.outbox;

import im.hongyan.proto.sdkws.MsgData;

/**
 * A notification that rpc-msg has not acknowledged.
 *
 * @param version its place in the conversation
 * @param operationId trace id of the call that caused it
 */
public record Waiting(
    String conversationId,
    long version,
    String operationId,
    long createdAtMillis,
    MsgData message) {}
