package im.hongyan.kit.call;

import java.nio.charset.StandardCharsets;

/**
 * Trace ids as clients choose them. They go into metadata, records and logs of every process, so
 * that the edges bound them. Stateless.
 */
public final class OperationIds {
  /** Bytes of UTF-8 that are kept of a client's trace id. */
  public static final int MAX_BYTES = 128;

  private OperationIds() {}

  /** The trace id, or as many whole characters from its begin as have at most 128 bytes. */
  public static String cut(String operationId) {
    if (operationId.length() <= MAX_BYTES / 3) {
      return operationId;
    }
    byte[] bytes = operationId.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_BYTES) {
      return operationId;
    }
    int end = MAX_BYTES;
    while ((bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
