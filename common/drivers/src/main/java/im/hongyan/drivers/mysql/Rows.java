package im.hongyan.drivers.mysql;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Writes rows many at a time, in the order given, which is that of their key. Stateless. */
public final class Rows {
  private static final int ROWS_A_STATEMENT = 500;

  private Rows() {}

  /**
   * Inserts rows.
   *
   * @param insert up to and including VALUES
   * @param rows values in the order of the columns; ids as bytes or as their types
   * @param onDuplicate what follows the rows; may be empty
   * @return affected rows: one for a row that was added, none for one that an update on a duplicate
   *     key leaves as it was
   */
  public static int insert(Handle handle, String insert, List<Object[]> rows, String onDuplicate) {
    return rows.isEmpty()
        ? 0
        : insert(
            handle,
            insert,
            "(" + "?, ".repeat(rows.getFirst().length - 1) + "?)",
            rows,
            onDuplicate);
  }

  /**
   * As above, for rows that are not values alone.
   *
   * @param row one row of the statement, with a question mark for each value
   */
  public static int insert(
      Handle handle, String insert, String row, List<Object[]> rows, String onDuplicate) {
    int affected = 0;
    for (List<Object[]> part : Lists.partition(rows, ROWS_A_STATEMENT)) {
      String sql = insert + " " + (row + ", ").repeat(part.size() - 1) + row + " " + onDuplicate;
      List<Object> arguments = new ArrayList<>();
      part.forEach(values -> arguments.addAll(List.of(values)));
      affected += handle.execute(sql, arguments.toArray());
    }
    return affected;
  }
}
