package im.hongyan.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files and folders that other users of the machine can neither read nor change: 0600 and 0700. A
 * file system without such rights is left alone. Stateless.
 */
final class OwnerOnly {
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private OwnerOnly() {}

  /** Makes an empty file, closed to others from its first moment. */
  static void create(Path file) throws IOException {
    FileAttribute<?> mode =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    if (hasRights(file)) {
      Files.createFile(file, mode);
    } else {
      Files.createFile(file);
    }
  }

  /** Takes the rights of others away from a file or folder; links are not followed. */
  static void set(Path path) throws IOException {
    if (Files.isSymbolicLink(path) || !hasRights(path)) {
      return;
    }
    Set<PosixFilePermission> rights =
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> left = EnumSet.copyOf(OWNER);
    left.retainAll(rights);
    if (!left.equals(rights)) {
      Files.setPosixFilePermissions(path, left);
    }
  }

  /** The same for everything below a folder. */
  static void setBelow(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            setWhereThere(folder);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            setWhereThere(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
  }

  /** A store that an earlier run left behind may delete files meanwhile. */
  private static void setWhereThere(Path path) throws IOException {
    try {
      set(path);
    } catch (NoSuchFileException gone) {
      // deleted
    }
  }

  private static boolean hasRights(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
