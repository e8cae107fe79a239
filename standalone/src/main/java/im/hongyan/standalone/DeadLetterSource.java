package im.hongyan.standalone;

import java.util.List;
import java.util.function.Consumer;

/** Dead letters of one kind. Used by one thread; its creator closes it. */
interface DeadLetterSource extends AutoCloseable {
  /** Writes a line for each, the oldest first, and one with their number. */
  void list(Consumer<String> out);

  /**
   * Gives dead letters back, and writes what has become of each.
   *
   * @param numbers as the list shows them; all that were not replayed yet where it is empty
   * @return how many could not be given back
   */
  int replay(List<Long> numbers, Consumer<String> out);

  @Override
  void close();
}
