package im.hongyan.simulation;

/** Ends the thread of an actor that was killed; an error, so that no production code catches it. */
final class Killed extends Error {
  private static final long serialVersionUID = 1L;

  Killed() {
    super("killed", null, false, false);
  }
}
