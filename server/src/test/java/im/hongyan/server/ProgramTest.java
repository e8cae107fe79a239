package im.hongyan.server;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.system.Jvm;
import im.hongyan.testkit.system.TestProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /** Serves, and has a thread that fails. */
  static final class Faulty {
    private Faulty() {}

    public static void main(String[] arguments) throws InterruptedException {
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
