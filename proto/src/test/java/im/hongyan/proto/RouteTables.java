package im.hongyan.proto;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The specification's tables of REST routes. It knows nothing of our .proto files.
 *
 * @param rows each route once for each table that names it
 */
record RouteTables(List<Row> rows) {
  /** Chapters with the heading under which their tables stand. */
  private static final Map<String, String> TABLES =
      Map.of(
          "rest-account", "## Route list",
          "rest-group", "## 2. Route table",
          "rest-message", "## 1. Route tables",
          "rest-third", "## 1. Routes");

  private static final Pattern PATH =
      Pattern.compile("(?<![\\w/])(/(?:[A-Za-z_*]|(?<=\\w)/|\\{[\\w,]+}|(?<=[\\w]/)\\{[\\w,]+})+)");
  private static final Pattern GET = Pattern.compile("\\bGET\\b");
  private static final Pattern OPEN = Pattern.compile("\\bOpen\\b|no token");

  /**
   * A route.
   *
   * @param caller what the table says of who may call it
   */
  record Row(String chapter, String path, String verb, boolean open, String caller) {}

  static RouteTables read() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, String> table : TABLES.entrySet()) {
      boolean inside = false;
      for (String line : SpecFolder.lines(table.getKey())) {
        if (line.startsWith("## ") || line.startsWith("# ")) {
          inside = line.startsWith(table.getValue());
        } else if (inside && line.startsWith("|")) {
          read(table.getKey(), line, rows);
        }
      }
    }
    return new RouteTables(List.copyOf(rows));
  }

  private static void read(String chapter, String line, List<Row> rows) {
    List<String> cells = SpecFolder.cells(line);
    String verb = GET.matcher(line).find() ? "GET" : "POST";
    boolean open = OPEN.matcher(line).find();
    for (int i = 0; i < cells.size() - 1; i++) {
      String cell = cells.get(i);
      boolean verbFollows = cells.get(i + 1).matches("GET|POST");
      String caller = cells.get(i + (verbFollows ? 2 : 1));
      for (String path : paths(cell)) {
        rows.add(new Row(chapter, path, verb, open, caller));
      }
    }
  }

  /** The paths in a cell; {@code /config/{a,b}} stands for two. */
  private static List<String> paths(String cell) {
    List<String> paths = new ArrayList<>();
    for (String path : PATH.matcher(cell).results().map(MatchResult::group).toList()) {
      int brace = path.indexOf('{');
      if (brace < 0) {
        paths.add(path);
        continue;
      }
      for (String last : path.substring(brace + 1, path.indexOf('}')).split(",")) {
        paths.add(path.substring(0, brace) + last);
      }
    }
    return paths;
  }
}
