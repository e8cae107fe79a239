package im.hongyan.standalone.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.config.Settings;
import im.hongyan.server.Role;
import im.hongyan.testkit.system.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves of docker-compose.yml, without Docker, what its own programs do not: the names that it has
 * of ours are those that the code knows, and every container is confined.
 */
class ComposeFileTest {
  private static final Pattern SETTING = Pattern.compile("(?m)^\\| `([A-Za-z0-9.-]+)` \\|");
  private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{([A-Z_]+)(:?[-?]?)");
  private static final Pattern PINNED =
      Pattern.compile("[a-z0-9./-]+:v?\\d+\\.\\d+[A-Za-z0-9._+-]*");
  private static final Set<String> ONCE = Set.of("migrate", "etcd-folder");

  private final ComposeFile compose;
  @TempDir private Path folder;

  ComposeFileTest() throws IOException {
    compose = ComposeFile.read();
  }

  @Test
  void everyRoleHasItsServiceAndEveryRoleThatIsStartedExists() {
    Set<String> roles = Arrays.stream(Role.values()).map(Role::label).collect(Collectors.toSet());
    Set<String> started = new TreeSet<>();
    compose
        .services()
        .forEach((name, service) -> {
          if (service.get("command") instanceof List<?> command
              && command.getFirst().equals("start")) {
            assertThat(command).as(name).hasSize(2).last().isEqualTo(name);
            started.add(name);
          }
        });
    assertThat(started).containsExactlyInAnyOrderElementsOf(roles);
  }

  @Test
  void everyVariableOfOursIsASettingThatTheCodeReads() throws IOException {
    // ConfigurationPageTest proves that the page has what the code reads.
    Set<String> known =
        SETTING
            .matcher(Files.readString(Path.of("../docs/operations/configuration.md")))
            .results()
            .map((MatchResult row) -> Settings.variable(row.group(1)))
            .collect(Collectors.toSet());
    Set<String> used =
        compose.services().values().stream()
            .flatMap(service -> ComposeFile.section(service, "environment").keySet().stream())
            .filter(name -> name.startsWith("HONGYAN_"))
            .collect(Collectors.toSet());
    assertThat(used).hasSizeGreaterThan(10).isSubsetOf(known);
  }

  @Test
  void everyImageHasAPinnedTag() throws IOException {
    compose
        .services()
        .forEach((name, service) -> {
          String image = ComposeFile.text(service, "image").replaceAll("^\\$\\{\\w+:-|}$", "");
          assertThat(image).as(name).matches(PINNED);
        });
    assertThat(Files.readString(Path.of("../deploy/Dockerfile")).lines())
        .filteredOn(line -> line.startsWith("FROM ") && line.contains(":"))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.split(" ", -1)[1]).matches(PINNED));
  }

  @Test
  void everyContainerIsConfinedWatchedAndStartedAgain() {
    compose
        .services()
        .forEach((name, service) -> {
          assertThat(service).as(name).containsEntry("read_only", true);
          assertThat(service).as(name).containsEntry("cap_drop", List.of("ALL"));
          assertThat(service)
              .as(name)
              .containsEntry("security_opt", List.of("no-new-privileges:true"));
          assertThat(ComposeFile.text(service, "user")).as(name).matches("[1-9]\\d*:\\d+");
          assertThat(ComposeFile.text(service, "mem_limit")).as(name).matches("\\d+[mg]");
          assertThat(ComposeFile.text(service, "restart"))
              .as(name)
              .isEqualTo(ONCE.contains(name) ? "no" : "unless-stopped");
          Map<String, Object> health = ComposeFile.section(service, "healthcheck");
          assertThat(health).as(name).containsKey(ONCE.contains(name) ? "disable" : "test");
        });
  }

  @Test
  void theStoresAreReachedByNobodyOutside() {
    for (String store :
        List.of("mysql", "mongodb", "redis", "kafka", "kafka-2", "kafka-3", "etcd")) {
      assertThat(compose.services().get(store))
          .as(store)
          .doesNotContainKey("ports")
          .containsEntry("networks", List.of("stores"));
    }
    assertThat(compose.text()).containsPattern("(?m)^  stores:\\n    internal: true$");
  }

  @Test
  void whatInitWritesIsWhatTheFileAsksForAndNoSecretHasADefault() throws IOException {
    TestProgram init =
        TestProgram.start(
            List.of("../deploy/init.sh", "--dir", folder.toString(), "--brokers", "3"),
            folder.resolve("said"));
    assertThat(init.awaitExit()).as(init.output()).isZero();
    Set<String> written =
        Files.readString(folder.resolve(".env"))
            .lines()
            .filter(line -> line.matches("[A-Z_]+=.*"))
            .map(line -> line.substring(0, line.indexOf('=')))
            .collect(Collectors.toSet());
    Set<String> asked = new TreeSet<>();
    VARIABLE
        .matcher(compose.text())
        .results()
        .forEach(variable -> {
          asked.add(variable.group(1));
          assertThat(variable.group(2))
              .as(variable.group(1))
              .isEqualTo(variable.group(1).matches(".*(SECRET|PASSWORD)") ? ":?" : ":-");
        });
    asked.add("COMPOSE_PROFILES"); // read by compose itself
    assertThat(written).containsExactlyInAnyOrderElementsOf(asked);
  }
}
