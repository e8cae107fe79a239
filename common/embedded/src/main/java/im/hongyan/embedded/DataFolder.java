package im.hongyan.embedded;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one installation: data of the embedded stores, their ports and secrets, and records
 * of children. Readable by its owner only; locked, so that two processes never use it together. Its
 * creator closes it.
 */
public final class DataFolder implements AutoCloseable {
  private static final int SECRET_BYTES = 24;

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
        ownerOnly(root, "rwx------");
      }
      FileChannel channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new ConfigException(
            "another hongyan uses " + root + "; stop it, or choose another folder with --data");
      }
      return new DataFolder(root, channel, ephemeral);
    } catch (IOException e) {
      throw new ConfigException(
          root + " cannot be used as data folder (" + e + "); choose another with --data");
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
      if (Files.exists(file)) {
        int kept = Integer.parseInt(Files.readString(file).strip());
        if (FreePort.isFree(kept)) {
          return kept;
        }
      }
      int port = FreePort.choose();
      Files.writeString(file, port + "\n");
      return port;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The secret of a store of this installation, made at first. */
  public Secret secret(String store) {
    Path file = folder("secrets").resolve(store);
    try {
      if (!Files.exists(file)) {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        writePrivately(file, HexFormat.of().formatHex(random));
      }
      return new Secret(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file that only its owner may read, whole or not at all. */
  public static void writePrivately(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh);
    ownerOnly(fresh, "rw-------");
    Files.writeString(fresh, text);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private static void ownerOnly(Path path, String mode) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
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
