package im.hongyan.standalone.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.system.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves what {@code ./hongyan init} writes, and what it leaves as it is. */
class InitTest {
  @TempDir private Path folder;

  private TestProgram init(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("../hongyan", "init", "--dir", folder.toString()));
    command.addAll(List.of(arguments));
    TestProgram program = TestProgram.start(command, folder.resolve("said"));
    program.awaitExit();
    return program;
  }

  private Map<String, String> written() throws IOException {
    return Files.readString(folder.resolve(".env"))
        .lines()
        .filter(line -> line.matches("[A-Z_]+=.*"))
        .map(line -> line.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  @Test
  void secretsAreRandomAndOfTheOwnerAlone() throws IOException {
    assertThat(init().awaitExit()).isZero();
    Map<String, String> first = written();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(".env"))))
        .isEqualTo("rw-------");
    List<String> secrets =
        first.keySet().stream().filter(name -> name.matches(".*(SECRET|PASSWORD)")).toList();
    assertThat(secrets).hasSize(6);
    assertThat(secrets.stream().map(first::get))
        .doesNotHaveDuplicates()
        .allSatisfy(secret -> assertThat(secret).matches("[0-9a-f]{48}"));

    assertThat(init("--force").awaitExit()).isZero();
    Map<String, String> second = written();
    assertThat(secrets)
        .allSatisfy(name -> assertThat(second.get(name)).isNotEqualTo(first.get(name)));
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(".env", "said");
    }
  }

  @Test
  void whatIsThereIsNeverOverwrittenUnasked() throws IOException {
    Files.writeString(folder.resolve(".env"), "MINE=1\n");
    TestProgram program = init();
    assertThat(program.awaitExit()).isEqualTo(1);
    assertThat(program.output()).contains("is there already", "--force");
    assertThat(folder.resolve(".env")).hasContent("MINE=1");
  }

  @Test
  void onlyAnAddressOfTheNetworkOpensThePorts() throws IOException {
    assertThat(init().awaitExit()).isZero();
    assertThat(written())
        .containsEntry("HONGYAN_PUBLIC_ADDRESS", "127.0.0.1")
        .containsEntry("HONGYAN_BIND_ADDRESS", "127.0.0.1");
    assertThat(init("--force", "--address", "im.example.org").awaitExit()).isZero();
    assertThat(written())
        .containsEntry("HONGYAN_PUBLIC_ADDRESS", "im.example.org")
        .containsEntry("HONGYAN_BIND_ADDRESS", "0.0.0.0");
  }

  @Test
  void aWrongCommandLineWritesNothing() {
    List<List<String>> lines =
        List.of(
            List.of("--address"),
            List.of("--address", "http://im.example.org/"),
            List.of("--address", "a b"),
            List.of("--brokers", "2"),
            List.of("--colour", "red"));
    for (List<String> line : lines) {
      TestProgram program = init(line.toArray(String[]::new));
      assertThat(program.awaitExit()).as(line.toString()).isEqualTo(2);
      assertThat(program.output().lines()).as(line.toString()).hasSize(1);
      assertThat(folder.resolve(".env")).doesNotExist();
    }
  }
}
