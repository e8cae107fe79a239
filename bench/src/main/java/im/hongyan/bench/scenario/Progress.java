package im.hongyan.bench.scenario;

/** Tells people how a run goes. Safe for use by several threads. */
public interface Progress {
  /** Something that is to stay on the screen. */
  void line(String text);

  /** How things stand now; the next one may take its place. */
  void status(String text);
}
