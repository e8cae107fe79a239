package im.hongyan.transfer.sequencer;

/** Somebody else claimed the lane. */
final class SupersededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SupersededException(String message) {
    super(message, null, false, false);
  }
}
