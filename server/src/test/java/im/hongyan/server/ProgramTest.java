package im.hongyan.server;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.testkit.system.Jvm;
import im.hongyan.testkit.system.TestProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;

/** Proves how a process ends by a fault of its own. */
class ProgramTest {
  @TempDir private Path folder;

  /** A thread that is gone would leave its lanes to nobody while the process holds them. */
  @Test
  void anErrorThatNobodyCatchesEndsTheProcess() {
    try (TestProgram program =
        TestProgram.start(
            new TestProgram.JavaStart(
                Faulty.class.getName(),
                List.of(),
                Jvm.light("32m"),
                Map.of(),
                folder.resolve("log")))) {
      assertThat(program.awaitExit()).isEqualTo(Program.FAULT);
      assertThat(program.output()).contains("thread reader failed").contains("a fault");
    }
  }

  /**
   * What a start has begun is stopped before the process ends, though it never came to serve; and a
   * signal is no failure that wants words.
   */
  @Test
  void aSignalDuringTheStartStopsWhatHasBegun() {
    try (TestProgram program =
        TestProgram.start(
            new TestProgram.JavaStart(
                Slow.class.getName(),
                List.of(),
                Jvm.light("32m"),
                // The letters of a language are none of our settings' names.
                Map.of("JDK_JAVA_OPTIONS", "-Duser.language=tr -Duser.country=TR"),
                folder.resolve("log")))) {
      program.awaitLine(Pattern.compile("begun in title"), Duration.ofSeconds(60));
      assertThat(program.stop()).isEqualTo(128 + 15);
      assertThat(program.output()).contains("stopped").doesNotContain("hongyan:", "serves");
    }
  }

  /** Begins something and waits for a store that never answers. */
  @Command(name = "slow")
  static final class Slow implements Callable<Integer> {
    private Slow() {}

    public static void main(String[] arguments) {
      Program.run(new Slow(), arguments);
    }

    @Override
    @SuppressWarnings("StringCaseLocaleUsage") // What libraries do is what is to be proven.
    public Integer call() {
      return Program.serve(
          () -> {
            Lifecycle lifecycle = new Lifecycle();
            lifecycle.add("store", () -> System.out.println("stopped"));
            System.out.println("begun in " + "TITLE".toLowerCase());
            try {
              new CountDownLatch(1).await();
              return lifecycle;
            } catch (InterruptedException e) {
              throw new IllegalStateException("interrupted", e);
            } finally {
              lifecycle.close();
            }
          },
          server -> System.out.println("serves"));
    }
  }

  /** Serves, and has a thread that fails. */
  static final class Faulty {
    private Faulty() {}

    public static void main(String[] arguments) {
      Program.serve(
          () -> () -> {},
          server ->
              Thread.ofVirtual()
                  .name("reader")
                  .start(() -> {
                    throw new AssertionError("a fault");
                  }));
    }
  }
}
