package im.hongyan.wire.error;

import org.jspecify.annotations.Nullable;

/**
 * A failure that reaches the caller with a code (errors-config-ops.md 1 and 2). It is thrown where
 * the failure is known and mapped once at the edge: REST envelope, WebSocket reply or gRPC trailer.
 *
 * <p>Coded failures are answers rather than faults, so no stack trace is recorded unless there is a
 * cause.
 */
public sealed class ImException extends RuntimeException permits StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String text;
  private final String detail;

  /**
   * Creates a coded failure; {@link ImError#with} is the usual way.
   *
   * @param code {@code errCode}; webhooks may bring codes that {@link ImError} does not list
   * @param text {@code errMsg}
   * @param detail {@code errDlt}, may be empty; never holds secrets
   * @param cause what went wrong below, for the log
   */
  public ImException(int code, String text, String detail, @Nullable Throwable cause) {
    super(describe(code, text, detail), cause, false, cause != null);
    this.code = code;
    this.text = text;
    this.detail = detail;
  }

  /** A failure of our own parts: 500, with the text as detail. */
  public static ImException internal(String detail, @Nullable Throwable cause) {
    return new ImException(ImError.INTERNAL.code(), ImError.INTERNAL.text(), detail, cause);
  }

  /** A failure of our own parts that has no cause below: 500, with the text as detail. */
  public static ImException internal(String detail) {
    return internal(detail, null);
  }

  /** {@code errCode}. */
  public final int code() {
    return code;
  }

  /** {@code errMsg}. */
  public final String text() {
    return text;
  }

  /** {@code errDlt}. */
  public final String detail() {
    return detail;
  }

  /** Whether this failure has the given code. */
  public final boolean is(ImError error) {
    return code == error.code();
  }

  private static String describe(int code, String text, String detail) {
    return code + " " + text + (detail.isEmpty() ? "" : ": " + detail);
  }
}
