package im.hongyan.standalone.chat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A person at a terminal, played by a test: types lines, and sees lines as they are printed. */
final class Terminal {
  private static final String END = "";

  private final BlockingQueue<String> typed = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> printed = new LinkedBlockingQueue<>();

  void type(String line) {
    typed.add(line + "\n");
  }

  void endInput() {
    typed.add(END);
  }

  /** The next printed line; fails when none comes. */
  String line() throws InterruptedException {
    String line = printed.poll(20, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("nothing was printed");
    }
    return line;
  }

  BufferedReader in() {
    return new BufferedReader(
        new Reader() {
          private String rest = "";

          @Override
          public int read(char[] buffer, int offset, int length) {
            try {
              rest = rest.isEmpty() ? typed.take() : rest;
            } catch (InterruptedException over) {
              Thread.currentThread().interrupt();
              return -1;
            }
            int count = Math.min(length, rest.length());
            rest.getChars(0, count, buffer, offset);
            rest = rest.substring(count);
            return count == 0 ? -1 : count;
          }

          @Override
          public void close() {}
        });
  }

  PrintWriter out() {
    return new PrintWriter(
        new Writer() {
          private final StringBuilder line = new StringBuilder();

          @Override
          public void write(char[] buffer, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
              if (buffer[i] == '\n') {
                printed.add(line.toString());
                line.setLength(0);
              } else if (buffer[i] != '\r') {
                line.append(buffer[i]);
              }
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        },
        true);
  }
}
