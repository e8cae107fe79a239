package im.hongyan.testkit.system;

import java.util.List;

/**
 * How a JVM that a test starts is run.
 *
 * @param options its options
 */
public record Jvm(List<String> options) {
  /** Copies the options. */
  public Jvm {
    options = List.copyOf(options);
  }

  /** One that starts soon and does not do much: no more than the first compiler. */
  public static Jvm light(String heap) {
    return new Jvm(
        List.of(
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:MaxDirectMemorySize=256m"));
  }

  /** One that is to be measured. */
  public static Jvm compiled(String heap) {
    return new Jvm(
        List.of(
            "-Xms32m",
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:MaxDirectMemorySize=256m"));
  }
}
