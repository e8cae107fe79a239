import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Copies the licences and notices that jars carry into a folder, one below it for each jar: {@code java Licences.java JARS
 * FOLDER}. Run by dist.sh, without a build.
 */
final class Licences {
  private static final Pattern NAME =
      Pattern.compile("(?:META-INF/)?(?:LICENSE|LICENCE|NOTICE|COPYING)[A-Za-z0-9._-]*");

  private Licences() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    for (Path jar : jars) {
      copy(jar, folder.resolve(jar.getFileName().toString().replaceAll("\\.jar$", "")));
    }
  }

  private static void copy(Path jar, Path folder) throws IOException {
    try (JarFile content = new JarFile(jar.toFile())) {
      for (JarEntry entry : content.stream().toList()) {
        String name = entry.getName();
        if (!entry.isDirectory()
            && NAME.matcher(name).matches()
            && !name.toLowerCase(Locale.ROOT).endsWith(".class")) {
          Files.createDirectories(folder);
          Path file = folder.resolve(name.substring(name.lastIndexOf('/') + 1));
          Files.write(file, content.getInputStream(entry).readAllBytes());
        }
      }
    }
  }
}
