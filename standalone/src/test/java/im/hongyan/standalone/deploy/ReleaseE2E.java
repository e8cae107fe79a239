package im.hongyan.standalone.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.system.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that the release archive runs from any folder without Maven or the clone: it is packed,
 * unpacked to a place with a strange name, and a service is started from it through a link.
 */
class ReleaseE2E {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Pattern SERVES =
      Pattern.compile("hongyan serves role=gateway-http .*ops=(\\d+).*");

  @TempDir private Path folder;

  private TestProgram run(String... command) {
    return TestProgram.start(List.of(command), folder.resolve("said"));
  }

  private String must(String... command) {
    TestProgram program = run(command);
    assertThat(program.awaitExit()).as(program.output()).isZero();
    return program.output();
  }

  private Path unpacked() throws IOException {
    Path list = Files.writeString(folder.resolve("list"), "libraries\n");
    must("env", "JAVA_HOME=" + home(), "../build/dist.sh", list.toString(), folder.toString());
    Path place = Files.createDirectories(folder.resolve("it's 一个 place"));
    must("tar", "-xzf", onlyOne(folder, ".tar.gz").toString(), "-C", place.toString());
    return onlyOne(place, "");
  }

  private static Path onlyOne(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(ending)).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  private static String home() {
    return System.getProperty("java.home");
  }

  /** A command line with no more of the environment than what it is given. */
  private List<String> launcher(Path link, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "-i",
                "-C",
                "/",
                "PATH=/usr/bin:/bin",
                "JAVA_HOME=" + home(),
                "HOME=" + folder));
    command.addAll(List.of(more));
    command.add(link.toString());
    return command;
  }

  @Test
  void aServiceRunsFromTheUnpackedArchive() throws IOException {
    Path release = unpacked();
    Path link = Files.createSymbolicLink(folder.resolve("hongyan"), release.resolve("bin/hongyan"));
    holdsEachJarOnce(release);
    assertThat(release.resolve("LICENSE")).hasSameTextualContentAs(Path.of("../LICENSE"));
    assertThat(release.resolve("licences/THIRD-PARTY.txt")).isRegularFile();
    assertThat(Files.exists(release.resolve("config/hongyan.yml")))
        .isEqualTo(Files.exists(Path.of("../config/hongyan.yml")));

    List<String> start =
        launcher(
            link,
            "HONGYAN_DISCOVERY_KIND=static",
            "HONGYAN_GATEWAY_HTTP_PORT=0",
            "HONGYAN_JAVA_OPTIONS=-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    start.addAll(List.of("start", "gateway-http"));
    try (TestProgram service = TestProgram.start(start, folder.resolve("service"))) {
      String port = service.awaitLine(SERVES, START_LIMIT).group(1);
      List<String> health = launcher(link);
      health.addAll(List.of("health", port));
      assertThat(must(health.toArray(String[]::new))).isEqualTo("ready\n");
      assertThat(service.stop()).as("ends by a signal").isIn(0, 143);
    }

    List<String> build = launcher(link);
    build.add("check");
    TestProgram refused = run(build.toArray(String[]::new));
    assertThat(refused.awaitExit()).isEqualTo(2);
    assertThat(refused.output()).contains("needs a clone of the sources");
  }

  private static void holdsEachJarOnce(Path release) throws IOException {
    List<String> classPath =
        List.of(Files.readString(release.resolve("lib/class-path")).strip().split(":", -1));
    assertThat(classPath).doesNotHaveDuplicates();
    try (Stream<Path> jars = Files.list(release.resolve("lib"))) {
      Set<String> there =
          jars.map(jar -> "lib/" + jar.getFileName())
              .filter(name -> name.endsWith(".jar"))
              .collect(Collectors.toSet());
      assertThat(classPath).containsExactlyInAnyOrderElementsOf(there);
    }
    assertThat(classPath)
        .anyMatch(jar -> jar.startsWith("lib/hongyan-gateway-ws-"))
        .anyMatch(jar -> jar.startsWith("lib/hongyan-standalone-"))
        .noneMatch(jar -> jar.contains("junit") || jar.contains("testkit"));
  }
}
