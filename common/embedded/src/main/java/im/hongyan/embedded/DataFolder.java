package im.hongyan.embedded;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one installation: data of the embedded stores, their ports and secrets, and records
 * of children. Only its owner can read it, also where it was open to others before; locked, so that
 * two processes never use it together. Its creator closes it.
 */
public final class DataFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
  private static final String LOCK = "lock";
  private static final int SECRET_BYTES = 24;
  private static final Pattern SECRET = Pattern.compile("[0-9a-f]{" + 2 * SECRET_BYTES + "}");
  private static final Pattern PORT = Pattern.compile("\\d{1,5}");
  private static final int LAST_PORT = 65_535;

  private final Path root;
  private final FileChannel lock;
  private final boolean ephemeral;

  private DataFolder(Path root, FileChannel lock, boolean ephemeral) {
    this.root = root;
    this.lock = lock;
    this.ephemeral = ephemeral;
  }

  /**
   * Opens a folder, made where it is missing.
   *
   * @throws ConfigException when it cannot be written or another process uses it
   */
  public static DataFolder open(Path root) {
    return open(root.toAbsolutePath().normalize(), false);
  }

  /** Makes a folder that is deleted when closed. */
  public static DataFolder ephemeral() {
    try {
      return open(Files.createTempDirectory("hongyan-"), true);
    } catch (IOException e) {
      throw new ConfigException("no temporary folder can be made: " + e.getMessage());
    }
  }

  private static DataFolder open(Path root, boolean ephemeral) {
    try {
      if (!Files.isDirectory(root)) {
        Files.createDirectories(root);
      } else if (!isEmpty(root) && !Files.exists(root.resolve(LOCK))) {
        throw new ConfigException(
            root + " holds other files and no data of hongyan; choose an empty folder with --data");
      }
      OwnerOnly.set(root);
      FileChannel channel =
          FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new ConfigException(
            "another hongyan uses " + root + "; stop it, or choose another folder with --data");
      }
      OwnerOnly.setBelow(root);
      return new DataFolder(root, channel, ephemeral);
    } catch (IOException e) {
      throw new ConfigException(
          root + " cannot be used as data folder (" + e + "); choose another with --data");
    }
  }

  /** Whether there is nothing but what a fresh file system has. */
  private static boolean isEmpty(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.allMatch(file -> file.endsWith("lost+found"));
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** A folder within, made where it is missing. */
  public Path folder(String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port that a store of this installation listens on: kept, unless it is taken meanwhile. */
  public int port(String store) {
    Path file = folder("ports").resolve(store);
    try {
      OptionalInt kept = keptPort(file);
      if (kept.isPresent() && FreePort.isFree(kept.getAsInt())) {
        return kept.getAsInt();
      }
      int port = FreePort.choose();
      writePrivately(file, port + "\n");
      return port;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port in a file; none where there is no file, or one that holds something else. */
  static OptionalInt keptPort(Path file) throws IOException {
    if (!Files.exists(file)) {
      return OptionalInt.empty();
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    int port = PORT.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (port > 0 && port <= LAST_PORT) {
      return OptionalInt.of(port);
    }
    LOG.warn("{} holds no port", file);
    return OptionalInt.empty();
  }

  /** The secret of a store of this installation, made at first and where it is damaged. */
  public Secret secret(String store) {
    Path file = folder("secrets").resolve(store);
    try {
      if (Files.exists(file)) {
        String kept = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (SECRET.matcher(kept).matches()) {
          return new Secret(kept);
        }
        LOG.warn("{} holds no secret of hongyan; another is made", file);
      }
      byte[] random = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(random);
      String made = HexFormat.of().formatHex(random);
      writePrivately(file, made);
      return new Secret(made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file that only its owner may read, whole or not at all. */
  public static void writePrivately(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    OwnerOnly.create(fresh);
    Files.writeString(fresh, text);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Sets aside what a store cannot read, beside itself, and returns where it is now. What was set
   * aside before is deleted, so that repeated damage does not fill the disk.
   */
  static Path setAside(Path damaged) throws IOException {
    Path aside = damaged.resolveSibling(damaged.getFileName() + ".damaged");
    delete(aside);
    return Files.move(damaged, aside);
  }

  /** Deletes a folder with all it holds. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    lock.close();
    if (ephemeral) {
      delete(root);
    }
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
