package im.hongyan.wire.error;

import org.jspecify.annotations.Nullable;

/**
 * A store or the log cannot be asked now, or holds what it may not hold. What stores throw, and
 * what those catch who wait for a store; callers see 500, or the code given, with the text as
 * detail.
 */
public non-sealed class StoreUnavailableException extends ImException {
  private static final long serialVersionUID = 1L;

  /** Names what is the matter, for the operator; never holds secrets. */
  public StoreUnavailableException(String detail) {
    this(detail, null);
  }

  /** As above, with what the driver said. */
  public StoreUnavailableException(String detail, @Nullable Throwable cause) {
    super(ImError.INTERNAL.code(), ImError.INTERNAL.text(), detail, cause);
  }

  /** As above, with another code than 500: the store answers, but not to this. */
  public StoreUnavailableException(ImError error, String detail) {
    super(error.code(), error.text(), detail, null);
  }
}
