package im.hongyan.standalone.sync;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A list that a device keeps and brings up to date by versions, as official clients do
 * (client-sync.md 7.5). Used by one thread at a time.
 *
 * @param <R> a row
 */
final class SyncedList<R> {
  /**
   * How a list is read as a whole.
   *
   * @param page a page by its number, from 1
   * @param rowsPerPage a shorter page is the last
   * @param ids the ids of all rows in their order
   */
  record Reading<R>(IntFunction<List<R>> page, int rowsPerPage, Supplier<List<String>> ids) {}

  /**
   * What a route answers to a version.
   *
   * @param full whether the list is to be read as a whole
   * @param reordered whether the ids are to be read again
   * @param more whether something else has changed, such as the group of a list of members
   */
  record Changes<R>(
      String versionId,
      long version,
      boolean full,
      List<String> deleted,
      List<R> changed,
      boolean reordered,
      boolean more) {
    boolean isEmpty() {
      return !full && deleted.isEmpty() && changed.isEmpty() && !more;
    }
  }

  /** More rows than any list of these tests has: a reading that goes on is a fault. */
  private static final int MAX_PAGES = 100;

  private final Function<R, String> id;
  private final Reading<R> reading;
  private final Map<String, R> rows = new HashMap<>();
  private List<String> order = new ArrayList<>();
  private String versionId = "";
  private long version;
  private int fullReadings;

  SyncedList(Function<R, String> id, Reading<R> reading) {
    this.id = id;
    this.reading = reading;
  }

  String versionId() {
    return versionId;
  }

  long version() {
    return version;
  }

  /** How often it was read as a whole. */
  int fullReadings() {
    return fullReadings;
  }

  /** The rows by their ids. */
  Map<String, R> rows() {
    return rows;
  }

  /** The ids in the server's order. */
  List<String> order() {
    return List.copyOf(order);
  }

  /** Takes an answer over. */
  void take(Changes<R> changes) {
    if (changes.isEmpty()) {
      return;
    }
    if (changes.full()) {
      readAll();
    } else {
      changes.deleted().forEach(rows::remove);
      order.removeAll(changes.deleted());
      for (R row : changes.changed()) {
        if (rows.put(id.apply(row), row) == null) {
          order.add(id.apply(row));
        }
      }
      if (changes.reordered()) {
        order = new ArrayList<>(reading.ids().get());
      }
    }
    versionId = changes.versionId();
    version = changes.version();
  }

  private void readAll() {
    fullReadings++;
    rows.clear();
    for (int number = 1; ; number++) {
      List<R> page = reading.page().apply(number);
      page.forEach(row -> rows.put(id.apply(row), row));
      if (page.size() < reading.rowsPerPage()) {
        break;
      }
      if (number == MAX_PAGES) {
        throw new AssertionError("the list does not end");
      }
    }
    order = new ArrayList<>(reading.ids().get());
  }
}
