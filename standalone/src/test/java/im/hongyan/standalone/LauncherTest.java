package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.system.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves what the launcher {@code ./hongyan} hands to Java, in a clone whose build and JDK are
 * scripts that say how they were called.
 */
class LauncherTest {
  @TempDir private Path folder;
  private Path clone;

  @BeforeEach
  void makeClone() throws IOException {
    clone = Files.createDirectory(folder.resolve("the clone"));
    Files.copy(Path.of("../hongyan"), clone.resolve("hongyan"));
    executable(
        clone.resolve("mvnw"),
        """
        #!/bin/sh
        echo built >>builds
        mkdir -p standalone/target/classes common/kit/target
        touch common/kit/target/kit.jar ../library.jar
        printf '%s' "$PWD/common/kit/target/kit.jar:$(dirname "$PWD")/library.jar" \\
          >standalone/target/run.classpath
        """);
    Path jdk = folder.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    executable(
        jdk.resolve("bin/java"),
        """
        #!/bin/sh
        echo "in $PWD"
        echo "umask $(umask)"
        echo "locale ${LC_ALL:-none}"
        while [ "$1" != -cp ]; do shift; done
        echo "class path $2"
        shift 3
        for each in "$@"; do echo "argument <$each>"; done
        """);
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> run(Path place, List<String> variables, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "JAVA_HOME=" + folder.resolve("jdk")));
    command.addAll(variables);
    command.add(place.resolve("hongyan").toString());
    command.addAll(List.of(arguments));
    TestProgram program = TestProgram.start(command, folder.resolve("said"));
    assertThat(program.awaitExit()).as(program.output()).isZero();
    return program.output().lines().toList();
  }

  @Test
  void aCopyOfABuiltCloneRunsItsOwnClasses() throws IOException, InterruptedException {
    String classPath =
        "class path standalone/target/classes:common/kit/target/kit.jar:"
            + folder.resolve("library.jar");
    assertThat(run(clone, List.of(), "run")).contains("in " + clone, classPath);
    Path copy = folder.resolve("a copy");
    assertThat(new ProcessBuilder("cp", "-a", clone.toString(), copy.toString()).start().waitFor())
        .isZero();
    assertThat(run(copy, List.of(), "run")).contains("in " + copy, classPath);
    assertThat(copy.resolve("builds")).as("built once").hasContent("built");

    Files.delete(copy.resolve("common/kit/target/kit.jar"));
    assertThat(run(copy, List.of(), "run")).contains(classPath);
    assertThat(copy.resolve("builds")).as("built anew what is gone").hasContent("built\nbuilt");
  }

  @Test
  void javaReadsEveryNameOfAFileAndMakesFilesForItsUserAlone() {
    assertThat(run(clone, List.of("LC_ALL=C", "LANG=C"), "run", "--data", "it's my data"))
        .contains("umask 0077", "locale C.UTF-8", "argument <--data>", "argument <it's my data>");
    assertThat(run(clone, List.of("LC_ALL=C.UTF-8"), "run")).contains("locale C.UTF-8");
  }
}
