package im.hongyan.server;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.wire.error.ImException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * How our programs begin and end: one line for what stops the start, then running until a signal.
 */
public final class Program {
  static final int CANNOT_START = 1;

  /** Status of a process that ended itself, as sysexits.h has it for faults of software. */
  static final int FAULT = 70;

  private static final Logger LOG = LoggerFactory.getLogger(Program.class);

  private Program() {}

  /**
   * A command line in the one language of our programs: elsewhere letters of settings, and names
   * within the libraries that we use, would change with the user's.
   */
  public static CommandLine commandLine(Object command) {
    Locale.setDefault(Locale.ROOT);
    return new CommandLine(command).registerConverter(Path.class, new PathOption());
  }

  /** Runs a command line and ends the process when it failed. */
  public static void run(Callable<Integer> command, String[] arguments) {
    int status = commandLine(command).execute(arguments);
    if (status != 0) {
      System.exit(status);
    }
  }

  /**
   * Starts something and keeps it until a signal ends the process. A signal during the start
   * interrupts it, and what has begun is stopped before the process ends.
   *
   * @param start closes what it has begun when it fails or is interrupted
   * @param started says that it serves
   */
  public static <T extends AutoCloseable> int serve(Supplier<T> start, Consumer<T> started) {
    Thread.setDefaultUncaughtExceptionHandler(Program::uncaught);
    Starting<T> starting = new Starting<>(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(new Thread(starting::stop, "stop"));
    try {
      started.accept(starting.run(start));
    } catch (Exception e) {
      return starting.isStopped() ? CANNOT_START : refuse(line(e));
    }
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      // By the signal, which came in the last moment of the start.
    }
    return 0;
  }

  /**
   * An error that nobody catches ends the process at once, as a kill would, so that another takes
   * over: without the thread it would hold its lanes and do nothing for them.
   */
  private static void uncaught(Thread thread, Throwable failure) {
    LOG.error("thread {} failed", thread.getName(), failure);
    if (failure instanceof Error) {
      Runtime.getRuntime().halt(FAULT);
    }
  }

  /** What stopped the start, for the operator; a fault of our own comes with its stack. */
  private static String line(Exception failure) {
    if (OpenFiles.wereTooMany(failure)) {
      return "too many open files; raise the limit of this user (ulimit -n)";
    }
    return switch (failure) {
      case ImException coded -> coded.detail();
      case ConfigException config -> String.valueOf(config.getMessage());
      case IllegalStateException store -> String.valueOf(store.getMessage());
      // Netty throws it without declaring it.
      case IOException socket ->
          "cannot listen ("
              + socket.getMessage()
              + "); see gateway.http.port, gateway.ws.port and ops.port";
      default -> {
        StringWriter stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        yield "does not start: " + stack;
      }
    };
  }

  /**
   * Ends this process with status 0, as a signal would otherwise, so that its supervisor starts it
   * again; returns at once.
   */
  public static void endToStartAgain() {
    LOG.info("asked to start again: takes leave of its clients and ends");
    Thread.ofPlatform().name("restart").start(() -> System.exit(0));
  }

  /** Ends this process as one that cannot go on; returns at once. */
  public static void fail() {
    Thread.ofPlatform().name("end").start(() -> System.exit(CANNOT_START));
  }

  /** Prints why it does not start. */
  public static int refuse(String line) {
    new PrintStream(new FileOutputStream(FileDescriptor.err), true).println("hongyan: " + line);
    return CANNOT_START;
  }
}
