package im.hongyan.simulation;

/** A schedule broke a promise. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String message) {
    super(message);
  }
}
