package im.hongyan.embedded;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Programs of the stores: found on PATH, else unpacked from the bundle on the class path into the
 * user's cache folder, once for all installations.
 */
public final class Programs {
  private Programs() {}

  /** A program on PATH or in the folders of the administrator. */
  public static Optional<Path> find(String name) {
    String path =
        System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin:/usr/local/sbin";
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path program = Path.of(folder.isEmpty() ? "." : folder, name);
      if (Files.isExecutable(program) && !Files.isDirectory(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  /**
   * Unpacks everything below a folder of a bundle.
   *
   * @param prefix the folder within the bundle, without a slash at the end
   * @param label names the unpacked folder; another version has another label
   */
  static Path unpack(String prefix, String label) {
    Path home = cache();
    Path target = home.resolve(label);
    if (Files.isDirectory(target)) {
      return target;
    }
    URL bundle = Programs.class.getClassLoader().getResource(prefix);
    if (bundle == null) {
      throw new IllegalStateException(label + " is not bundled for this machine; install it");
    }
    try {
      Files.createDirectories(home);
      Path fresh = Files.createTempDirectory(home, label);
      copy(bundle, prefix, fresh);
      try {
        Files.move(fresh, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
        DataFolder.delete(fresh);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(URL bundle, String prefix, Path target) throws IOException {
    JarURLConnection connection = (JarURLConnection) bundle.openConnection();
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (!entry.getName().startsWith(prefix) || entry.isDirectory()) {
          continue;
        }
        String name = entry.getName().substring(prefix.length());
        Path file = name.isEmpty() ? target.resolve("program") : inside(target, name);
        Files.createDirectories(file.getParent());
        try (InputStream in = jar.getInputStream(entry)) {
          Files.copy(in, file);
        }
        if (!file.toFile().setExecutable(true, true)) {
          throw new IOException(file + " cannot be made executable");
        }
      }
    }
  }

  private static Path inside(Path target, String name) throws IOException {
    Path file = target.resolve(name.substring(1)).normalize();
    if (!file.startsWith(target)) {
      throw new IOException(name + " leads out of the bundle");
    }
    return file;
  }

  private static Path cache() {
    String configured = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        configured.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(configured);
    return caches.resolve("hongyan");
  }
}
