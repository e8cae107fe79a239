package im.hongyan.wire.frame;

import com.google.protobuf.ByteString;

/**
 * Envelope of a request (websocket.md 2.2).
 *
 * @param reqIdentifier what is asked for
 * @param token ignored by servers, empty from SDKs
 * @param sendID the connection's user
 * @param operationID trace id
 * @param msgIncr id of the request, chosen by the client
 * @param data protobuf payload
 */
public record RequestFrame(
    int reqIdentifier,
    String token,
    String sendID,
    String operationID,
    String msgIncr,
    ByteString data) {}
