package im.hongyan.bench;

import im.hongyan.bench.scenario.Progress;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/**
 * Progress on the screen: on a terminal one line that is written over each second, elsewhere a line
 * of its own every fifth time. Safe for use by several threads.
 */
final class ConsoleProgress implements Progress {
  private static final int PLAIN_EVERY = 5;
  private static final String ERASE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private int statuses;
  private boolean open;

  ConsoleProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Writes over lines only where somebody looks at a terminal. */
  static ConsoleProgress on(PrintWriter out) {
    return new ConsoleProgress(
        out, Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
  }

  @Override
  public synchronized void line(String text) {
    out.println(open ? ERASE + text : text);
    open = false;
    out.flush();
  }

  @Override
  public synchronized void status(String text) {
    if (terminal) {
      out.print(ERASE + text);
      open = true;
    } else if (++statuses % PLAIN_EVERY == 0) {
      out.println(text);
    }
    out.flush();
  }

  /** Ends the line that would be written over. */
  synchronized void end() {
    if (open) {
      out.print(ERASE);
      open = false;
    }
    out.flush();
  }
}
