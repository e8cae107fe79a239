package im.hongyan.proto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The specification's chapters, found by walking up from the folder of the test. */
final class SpecFolder {
  private static final Pattern BAR = Pattern.compile("(?<!\\\\)\\|");

  private SpecFolder() {}

  /** The lines of a chapter such as {@code rest-group} or {@code protobuf/msg}. */
  static List<String> lines(String chapter) throws IOException {
    return Files.readAllLines(folder().resolve(chapter + ".md"));
  }

  private static Path folder() {
    Path here = Path.of("").toAbsolutePath();
    for (Path at = here; at != null; at = at.getParent()) {
      Path folder = at.resolve("docs/protocol/spec");
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    throw new AssertionError("no docs/protocol/spec above " + here);
  }

  /** The cells of a table's row, without the marks of code. */
  static List<String> cells(String row) {
    String inner = row.strip();
    inner = inner.substring(1, inner.endsWith("|") ? inner.length() - 1 : inner.length());
    return BAR.splitAsStream(inner).map(cell -> cell.strip().replace("`", "")).toList();
  }
}
