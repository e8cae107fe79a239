package im.hongyan.messagelog.lane;

import im.hongyan.wire.error.StoreUnavailableException;

/**
 * A lane cannot go on until an operator acts: records that somebody still needs are gone. The
 * detail names the lane and what is missing.
 */
public final class LaneFaultException extends StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  /** Names the lane and what is the matter with it. */
  public LaneFaultException(String detail) {
    super(detail);
  }
}
