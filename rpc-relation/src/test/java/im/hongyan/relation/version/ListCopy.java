package im.hongyan.relation.version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The copy of a list that an official client keeps by the list's versions (client-sync.md 7.5).
 *
 * @param <R> a row
 */
public abstract class ListCopy<R> {
  private final int rowsPerPage;
  private final Map<String, R> rows = new HashMap<>();
  private List<String> order = new ArrayList<>();
  private String versionId = "";
  private long version;
  private int fullReadings;

  /** Begins an empty copy. */
  protected ListCopy(int rowsPerPage) {
    this.rowsPerPage = rowsPerPage;
  }

  /**
   * What a server answers to a copy's version.
   *
   * @param reordered whether the ids must be read again
   * @param more whether it says more than the rows do
   */
  public record Answer<R>(
      boolean full,
      String versionId,
      long version,
      List<String> deleted,
      List<R> inserted,
      List<R> updated,
      boolean reordered,
      boolean more) {
    boolean isEmpty() {
      return deleted.isEmpty() && inserted.isEmpty() && updated.isEmpty() && !more;
    }
  }

  /** The id by which the list knows a row. */
  protected abstract String id(R row);

  /** All ids, in the list's order. */
  protected abstract List<String> readIds();

  /** A page of rows; the first has the number 1. */
  protected abstract List<R> readPage(int number, int rowsPerPage);

  /** Takes an answer in by the client's own rules. */
  protected final void take(Answer<R> answer) {
    if (answer.full()) {
      fullReadings++;
      rows.clear();
      readPages();
      order = new ArrayList<>(readIds());
    } else if (answer.isEmpty()) {
      return;
    } else {
      merge(answer);
    }
    versionId = answer.versionId();
    version = answer.version();
  }

  private void merge(Answer<R> answer) {
    answer.deleted().forEach(rows::remove);
    order.removeAll(answer.deleted());
    Stream.concat(answer.inserted().stream(), answer.updated().stream())
        .forEach(row -> {
          rows.put(id(row), row);
          if (!order.contains(id(row))) {
            order.add(id(row));
          }
        });
    if (answer.reordered()) {
      order = new ArrayList<>(readIds());
    }
  }

  private void readPages() {
    for (int number = 1; ; number++) {
      List<R> page = readPage(number, rowsPerPage);
      page.forEach(row -> rows.put(id(row), row));
      if (page.size() < rowsPerPage) {
        return;
      }
    }
  }

  /** Rows by id. */
  public final Map<String, R> rows() {
    return rows;
  }

  /** Ids in order. */
  public final List<String> order() {
    return order;
  }

  /** How often everything was read. */
  public final int fullReadings() {
    return fullReadings;
  }

  protected final String versionId() {
    return versionId;
  }

  protected final long version() {
    return version;
  }
}
