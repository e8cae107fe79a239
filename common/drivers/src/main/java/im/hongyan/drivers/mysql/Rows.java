package im.hongyan.drivers.mysql;

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
    int affected = 0;
    for (int from = 0; from < rows.size(); from += ROWS_A_STATEMENT) {
      List<Object[]> part = rows.subList(from, Math.min(rows.size(), from + ROWS_A_STATEMENT));
      String row = "(" + "?, ".repeat(part.getFirst().length - 1) + "?)";
      String sql = insert + " " + (row + ", ").repeat(part.size() - 1) + row + " " + onDuplicate;
      List<Object> arguments = new ArrayList<>();
      part.forEach(values -> arguments.addAll(List.of(values)));
      affected += handle.execute(sql, arguments.toArray());
    }
    return affected;
  }
}
