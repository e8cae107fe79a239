package im.hongyan.messagelog.search;

import im.hongyan.wire.error.StoreUnavailableException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A search engine beside our stores cannot be asked now, or does not do what it is asked. Nothing
 * but search waits for it. Callers see 500 and no word of the engine's; operators see its cause.
 */
public final class SearchEngineException extends StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * With what is the matter.
   *
   * @param reason for the operator; never holds secrets
   */
  public SearchEngineException(String reason, @Nullable Throwable cause) {
    super("search is not available now", new IOException(reason, cause));
    this.reason = reason;
  }

  /** What is the matter, for the operator. */
  public String reason() {
    return reason;
  }
}
