package im.hongyan.embedded;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.lifecycle.Lifecycle;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;

/**
 * One embedded store as a process of its own: {@code EmbeddedServerMain KIND DIR}. Prints {@code
 * KIND serves} once it does; port and secret are files of the data folder. Runs until a signal.
 */
public final class EmbeddedServerMain {
  private static final int CANNOT_START = 1;

  private EmbeddedServerMain() {}

  /** Runs the command line. */
  public static void main(String[] arguments) throws InterruptedException {
    // Kafka names its own settings in the language of the user otherwise.
    Locale.setDefault(Locale.ROOT);
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    if (arguments.length != 2) {
      out.println("usage: EmbeddedServerMain mysql|mongo|redis|kafka DIR");
      System.exit(CANNOT_START);
    }
    Lifecycle lifecycle = new Lifecycle();
    try {
      EmbeddedStores.Kind kind = EmbeddedStores.Kind.valueOf(arguments[0].toUpperCase(Locale.ROOT));
      DataFolder folder = lifecycle.add("data folder", DataFolder.open(Path.of(arguments[1])));
      EmbeddedStores.start(EnumSet.of(kind), folder, lifecycle);
    } catch (ConfigException | IllegalStateException | IllegalArgumentException e) {
      out.println("cannot start: " + e.getMessage());
      lifecycle.close();
      System.exit(CANNOT_START);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(lifecycle::close, "stop"));
    out.println(arguments[0] + " serves");
    Thread.currentThread().join();
  }
}
