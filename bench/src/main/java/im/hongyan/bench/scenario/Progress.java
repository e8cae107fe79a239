package im.hongyan.bench.scenario;

/** Reports how a run goes. Safe for use by several threads. */
public interface Progress {
  /** Something that is to stay on the screen. */
  void line(String text);

  /** The state of the run now; the next one may take its place. */
  void status(String text);
}
