package im.hongyan.standalone.docs;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All Markdown pages of the project, by name. Single-threaded. */
final class Pages {
  private final Repository repository;
  private final List<Path> files;
  private final Map<Path, Page> read = new HashMap<>();

  Pages(Repository repository) {
    this.repository = repository;
    files = repository.files(".md");
  }

  /**
   * The page whose path ends so, in any letter case. Of several the one beside the page that names
   * it, then the one of the specification, then one in docs, then the one with the shortest path.
   */
  Optional<Page> find(String name, String from) {
    String wanted = written(name.toLowerCase(Locale.ROOT)).replaceAll("^[./]+", "");
    String beside = from.toLowerCase(Locale.ROOT).replaceFirst("[^/]*$", "") + wanted;
    return files.stream()
        .filter(file -> ("/" + lower(file)).endsWith("/" + wanted))
        .min(
            Comparator.comparing((Path file) -> !lower(file).equals(beside))
                .thenComparing(file -> !lower(file).equals("docs/protocol/spec/" + wanted))
                .thenComparing(file -> !lower(file).startsWith("docs/"))
                .thenComparingInt(file -> lower(file).length()))
        .map(this::page);
  }

  private static String written(String name) {
    return switch (name) {
      default -> name;
    };
  }

  Page page(Path file) {
    return read.computeIfAbsent(file, path -> new Page(Repository.read(path)));
  }

  private String lower(Path file) {
    return repository.name(file).toLowerCase(Locale.ROOT);
  }
}
