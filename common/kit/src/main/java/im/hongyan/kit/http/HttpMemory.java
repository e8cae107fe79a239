package im.hongyan.kit.http;

/**
 * How much memory a server gives its clients.
 *
 * @param maxBodyBytes of one request's body; larger ones are answered with 413
 * @param maxUnfinishedBytes of all bodies of requests that are not answered yet; as much again of
 *     answers that are not taken yet; what does not fit is answered with 503
 * @param maxUnfinishedBytesPerAddress of them for one client's address
 * @param maxBufferBytes of direct memory for what moves to and from sockets; beyond it connections
 *     are closed
 */
public record HttpMemory(
    int maxBodyBytes,
    long maxUnfinishedBytes,
    long maxUnfinishedBytesPerAddress,
    long maxBufferBytes) {
  private static final long FEW_BYTES = 8L << 20;

  /** Of a server for few clients. */
  public static HttpMemory small(int maxBodyBytes) {
    long unfinished = Math.max(FEW_BYTES, 2L * maxBodyBytes);
    return new HttpMemory(maxBodyBytes, unfinished, unfinished, FEW_BYTES);
  }
}
