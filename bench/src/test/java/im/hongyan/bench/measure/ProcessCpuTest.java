package im.hongyan.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.bench.measure.ProcessCpu.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves how {@code /proc/PID/stat} is read, odd names of processes included. */
class ProcessCpuTest {
  private static final String STAT =
      " S 1 42 42 0 -1 4194560 5031 0 12 0 250 75 9 9 20 0 40 0 8123 1234567 890 18446744073709551615";

  @Test
  void userAndSystemTimeAreAddedUp() throws IOException {
    assertThat(ProcessCpu.parse(42, "42 (java)" + STAT + "\n"))
        .isEqualTo(new Reading(42, "java", 3_250_000_000L, 890 * 4096));
  }

  @Test
  void aNameMayHoldSpacesAndParentheses() throws IOException {
    assertThat(ProcessCpu.parse(42, "42 (a (b) c)" + STAT).name()).isEqualTo("a (b) c");
    assertThat(ProcessCpu.parse(42, "42 (a (b) c)" + STAT).cpuNanos()).isEqualTo(3_250_000_000L);
  }

  @Test
  void junkIsRefused() {
    assertThatThrownBy(() -> ProcessCpu.parse(1, "")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ProcessCpu.parse(1, "1 (x) S 1 2")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ProcessCpu.parse(1, "1 (x)" + STAT.replace("250", "x")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aProcessThatIsNotThereIsNamed(@TempDir Path proc) throws IOException {
    Files.createDirectories(proc.resolve("42"));
    Files.writeString(proc.resolve("42/stat"), "42 (java)" + STAT);
    ProcessCpu cpu = new ProcessCpu(proc);
    assertThat(cpu.read(List.of(42L))).hasSize(1);
    assertThatThrownBy(() -> cpu.read(List.of(42L, 43L)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no process 43");
  }

  @Test
  void theLargestMemoryOfAWindowCounts(@TempDir Path proc) throws IOException {
    Path stat = Files.createDirectories(proc.resolve("42")).resolve("stat");
    Files.writeString(stat, "42 (java)" + STAT);
    ProcessSampler sampler = new ProcessSampler(new ProcessCpu(proc), List.of(42L));
    sampler.begin();
    Files.writeString(stat, "42 (java)" + STAT.replace(" 890 ", " 1000 "));
    sampler.sample();
    Files.writeString(stat, "42 (java)" + STAT.replace(" 250 ", " 260 "));
    assertThat(sampler.end()).containsExactly(new Reading(42, "java", 100_000_000, 1000 * 4096));
  }

  @Test
  void usedIsTheDifferencePerProcess() {
    List<Reading> before = List.of(new Reading(1, "a", 10, 7), new Reading(2, "b", 20, 9));
    List<Reading> after = List.of(new Reading(1, "a", 15, 8), new Reading(2, "b", 20, 6));
    assertThat(ProcessCpu.between(before, after))
        .containsExactly(new Reading(1, "a", 5, 8), new Reading(2, "b", 0, 9));
    assertThatThrownBy(() -> ProcessCpu.between(before, after.subList(0, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
