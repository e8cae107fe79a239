package im.hongyan.standalone.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the project, without what is built or downloaded. Immutable. */
final class Repository {
  private static final Set<String> NOT_OURS = Set.of("target", "data", "node_modules");
  private final Path root = Path.of("..").toAbsolutePath().normalize();
  private final List<Path> files = new ArrayList<>();

  Repository() {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = String.valueOf(folder.getFileName());
              boolean skip =
                  !folder.equals(root)
                      && (NOT_OURS.contains(name) || (name.startsWith(".") && !name.equals(".ci")));
              return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              files.add(file);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
  }

  /** Files whose names end in one of these. */
  List<Path> files(String... endings) {
    return files.stream()
        .filter(file -> List.of(endings).stream().anyMatch(file.toString()::endsWith))
        .toList();
  }

  Path at(String name) {
    return root.resolve(name);
  }

  /** Path from the root, with slashes. */
  String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
