package im.hongyan.standalone;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.wire.error.ImException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * How our programs begin and end: one line for what stops the start, then running until a signal.
 */
final class Program {
  static final int CANNOT_START = 1;

  private Program() {}

  /** Runs a command line and ends the process when it failed. */
  static void run(Callable<Integer> command, String[] arguments) {
    int status = new CommandLine(command).execute(arguments);
    if (status != 0) {
      System.exit(status);
    }
  }

  /**
   * Starts something and keeps it until a signal ends the process.
   *
   * @param started says that it serves
   */
  static <T extends AutoCloseable> int serve(Supplier<T> start, Consumer<T> started)
      throws InterruptedException {
    T server;
    try {
      server = start.get();
    } catch (ConfigException | ImException | IllegalStateException e) {
      return refuse(
          e instanceof ImException coded ? coded.detail() : String.valueOf(e.getMessage()));
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "stop"));
    started.accept(server);
    Thread.currentThread().join();
    return 0;
  }

  private static void close(AutoCloseable server) {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells why it does not start. */
  static int refuse(String line) {
    new PrintStream(new FileOutputStream(FileDescriptor.err), true).println("hongyan: " + line);
    return CANNOT_START;
  }
}
