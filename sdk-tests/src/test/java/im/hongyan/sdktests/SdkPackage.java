package im.hongyan.sdktests;

import im.hongyan.embedded.DataFolder;
import im.hongyan.testkit.RequiresToolCondition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The official SDK as npm installs it by this module's {@code package-lock.json}, which pins its
 * version and the hash of its content. It is kept in the user's cache folder, one folder for each
 * content of the lock file. npm takes the registry from the user's own configuration.
 */
final class SdkPackage {
  private static final String NAME = "@openim/wasm-client-sdk";
  private static final List<String> FILES = List.of("package.json", "package-lock.json");
  private static final List<String> INSTALL =
      List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
  private static final int LIMIT_MINUTES = 5;
  private static final int HASH_BYTES = 8;

  private SdkPackage() {}

  /** Where it is; null where it was never installed. */
  static @Nullable Path installed() {
    Path place = place().resolve("node_modules").resolve(NAME);
    return Files.isDirectory(place) ? place : null;
  }

  /**
   * Installs it, unless it is there.
   *
   * @throws IOException when npm cannot, with the first line that it printed
   */
  static Path install() throws IOException {
    Path there = installed();
    if (there != null) {
      return there;
    }
    if (RequiresToolCondition.find("npm").isEmpty()) {
      throw new IOException("npm is not installed");
    }
    Path place = place();
    Files.createDirectories(place.getParent());
    Path fresh = Files.createTempDirectory(place.getParent(), "sdk.new");
    try {
      for (String file : FILES) {
        Files.write(fresh.resolve(file), resource(file));
      }
      run(fresh);
      // Another JVM may have been faster; what it installed is the same.
      if (installed() == null) {
        Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      if (Files.exists(fresh)) {
        DataFolder.delete(fresh);
      }
    }
    return place.resolve("node_modules").resolve(NAME);
  }

  private static void run(Path folder) throws IOException {
    Path log = folder.resolve("npm.log");
    Process npm =
        new ProcessBuilder(INSTALL)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!npm.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        npm.destroyForcibly();
        throw new IOException("npm did not end in " + LIMIT_MINUTES + " minutes");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (npm.exitValue() != 0) {
      String words =
          Files.readAllLines(log).stream()
              .filter(line -> !line.isBlank() && !line.startsWith("npm warn"))
              .findFirst()
              .orElse("it says nothing");
      throw new IOException("npm cannot install the SDK: " + words);
    }
  }

  private static Path place() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path folder =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return folder.resolve("hongyan").resolve("sdk-" + hash());
  }

  private static String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      FILES.forEach(file -> digest.update(resource(file)));
      return HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] resource(String file) {
    try (InputStream in = SdkPackage.class.getResourceAsStream("/npm/" + file)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
