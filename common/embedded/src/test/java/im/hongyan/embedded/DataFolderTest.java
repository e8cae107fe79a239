package im.hongyan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves who can read a data folder, and that junk in its small files stops no start. */
class DataFolderTest {
  private static final String ALL = "rwxrwxrwx";

  @TempDir private Path folder;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void open(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(ALL));
  }

  @Test
  void aFolderThatWasThereBeforeIsClosedToOthersWithAllItHolds() throws IOException {
    Path root = Files.createDirectory(folder.resolve("data"));
    open(root);
    Path outside = Files.createFile(folder.resolve("outside"));
    open(outside);
    DataFolder.open(root).close();
    assertThat(mode(root)).as("empty before").isEqualTo("rwx------");

    Path below = Files.createDirectory(root.resolve("kafka"));
    Path file = Files.writeString(below.resolve("log"), "messages");
    Files.createSymbolicLink(below.resolve("link"), outside);
    open(below);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    open(root);
    try (DataFolder data = DataFolder.open(root)) {
      assertThat(mode(root)).isEqualTo("rwx------");
      assertThat(mode(below)).isEqualTo("rwx------");
      assertThat(mode(file)).isEqualTo("rw-------");
      assertThat(mode(outside)).as("not ours").isEqualTo(ALL);
      data.port("redis");
      data.secret("redis");
      assertThat(mode(root.resolve("ports/redis"))).isEqualTo("rw-------");
      assertThat(mode(root.resolve("secrets/redis"))).isEqualTo("rw-------");
    }
  }

  /** Its files would be closed to others, and lie among ours. */
  @Test
  void aFolderOfOtherFilesIsRefusedAndLeftAsItIs() throws IOException {
    Path other = Files.writeString(folder.resolve("letter"), "dear");
    open(other);
    open(folder);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> DataFolder.open(folder))
        .withMessageContaining("%s holds other files", folder);
    assertThat(mode(folder)).isEqualTo(ALL);
    assertThat(mode(other)).isEqualTo(ALL);
  }

  @Test
  void junkInAPortOrASecretIsReplaced() throws IOException {
    try (DataFolder data = DataFolder.open(folder.resolve("data"))) {
      int port = data.port("kafka");
      Secret secret = data.secret("kafka");
      assertThat(data.port("kafka")).isEqualTo(port);
      assertThat(data.secret("kafka")).isEqualTo(secret);
      for (String junk :
          new String[] {"", "junk", "-1", "0", "70000", "99999999999", "\u0000\u00ff"}) {
        Files.writeString(data.folder("ports").resolve("kafka"), junk);
        assertThat(data.port("kafka")).as(junk).isBetween(1, 65_535);
        Files.writeString(data.folder("secrets").resolve("kafka"), junk);
        assertThat(data.secret("kafka").reveal()).as(junk).matches("[0-9a-f]{48}");
        Files.writeString(data.folder("children").resolve("redis"), junk);
        Child.endLeftover(data, "redis");
        assertThat(data.folder("children").resolve("redis")).doesNotExist();
      }
    }
  }
}
