package im.hongyan.bench.measure;

/**
 * What the two latencies of a scenario run to.
 *
 * @param unit what CPU time is divided by, for example "message"
 * @param acknowledged name of the first latency
 * @param received name of the second one; empty when the scenario has only one
 */
public record Labels(String unit, String acknowledged, String received) {
  /** Of scenarios that send messages. */
  public static final Labels MESSAGES =
      new Labels("message", "send -> acknowledged", "send -> received");
}
