package im.hongyan.wire.frame;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Envelope of an answer or a push (websocket.md 2.3).
 *
 * @param reqIdentifier echo of the request, or 2001, 2002 or 2005
 * @param msgIncr echo of the request, empty in pushes
 * @param operationID echo of the request, or the sender's in pushed messages
 * @param errCode 0 for success
 * @param errMsg empty for success
 * @param data protobuf payload; null where there is none, which only JSON distinguishes from an
 *     empty one
 */
public record ResponseFrame(
    int reqIdentifier,
    String msgIncr,
    String operationID,
    long errCode,
    String errMsg,
    @Nullable ByteString data) {}
