package im.hongyan.testkit.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The children that a data folder names. */
final class ChildRecords {
  private ChildRecords() {}

  /** All that run now. */
  static List<ProcessHandle> processes(Path data) {
    try (Stream<Path> records = Files.list(data.resolve("children"))) {
      return records.flatMap(record -> process(record).stream()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one that runs a store. */
  static ProcessHandle process(Path data, String store) {
    return process(data.resolve("children").resolve(store)).orElseThrow();
  }

  private static Optional<ProcessHandle> process(Path record) {
    try {
      String pid = Files.readString(record).strip();
      return pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
