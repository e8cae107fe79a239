package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.embedded.FreePort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves what {@code ./hongyan doctor} makes of answers, of none, and of a wrong command line. */
class DoctorMainTest {
  private static final URI ADDRESS = URI.create("http://127.0.0.1:10002");
  private final StringWriter said = new StringWriter();

  private int doctor(Map<String, String> environment, String... arguments) {
    return DoctorMain.execute(arguments, new PrintWriter(said, true), environment);
  }

  @Test
  void aWrongCommandLineEndsWithTwo() {
    assertThat(doctor(Map.of(), "--url=localhost:10002")).isEqualTo(2);
    assertThat(said.toString()).contains("--url wants an address such as http://127.0.0.1:10002");
    assertThat(doctor(Map.of(), "--nothing")).isEqualTo(2);
  }

  @Test
  void whatDoesNotAnswerIsNamedInOneLine(@TempDir Path data) {
    int port = FreePort.choose();
    String address = "http://127.0.0.1:" + port;
    assertThat(doctor(Map.of(), "--url=" + address)).isEqualTo(1);
    assertThat(said.toString()).hasLineCount(1).contains("nothing answers at " + address);
    Map<String, String> settings = Map.of("HONGYAN_GATEWAY_HTTP_PORT", Integer.toString(port));
    assertThat(doctor(settings, "--data=" + data)).isEqualTo(1);
    assertThat(said.toString())
        .hasLineCount(3)
        .contains("data folder " + data)
        .contains("nothing answers at " + address + ";");
  }

  @Test
  void settingsThatAreNamedAndMissingAreRefusedWhateverElseNamesTheAddress(@TempDir Path data) {
    assertThat(doctor(Map.of(), "--url=" + ADDRESS, "--config=" + data.resolve("none.yml")))
        .isEqualTo(1);
    assertThat(said.toString()).hasLineCount(1).contains("there is no file").contains("none.yml");
  }

  @Test
  void eachReasonGetsItsRemedyAndAllLossesOneSetting() {
    Diagnosis diagnosis = new Diagnosis();
    diagnosis.add(
        ADDRESS,
        503,
        """
        grpc ready
        hongyan-history not ready: lane 2: records 5 to 9 are gone from im-sequenced, and history \
        lacks them: 3 messages of 1 conversations are in no store; to give up what no store has, \
        set recovery.acceptLoss: 2@10; see docs/operations/recovery.md; lane 3: records 5 to 6 are \
        gone from im-sequenced, and history lacks them: Redis was emptied since; to give up what \
        no store has, set recovery.acceptLoss: 3@7 (it names 3@6 now); see \
        docs/operations/recovery.md
        hongyan-inbox not ready
        hongyan-push not ready: lane 1: im-sequenced ends before record 7, but records up to 9 \
        were handled: the log was lost or restored from a copy; see docs/operations/recovery.md
        """);
    assertThat(diagnosis.isWell()).isFalse();
    assertThat(diagnosis.lines())
        .contains(
            ADDRESS + ": hongyan-history is not ready",
            ADDRESS + ": hongyan-inbox is not ready",
            ADDRESS + ": hongyan-push is not ready")
        .anyMatch(line -> line.startsWith("  lane 3: records 5 to 6"))
        .anyMatch(line -> line.contains("its log names which"))
        .anyMatch(line -> line.contains("start the logs over"))
        .endsWith("to give up all of it: recovery.acceptLoss: 2@10,3@7");
  }

  @Test
  void allIsWellOnlyWhereAReadinessPageSaysSo() {
    Diagnosis well = new Diagnosis();
    well.add(ADDRESS, 200, "grpc ready\nstores ready\n");
    assertThat(well.isWell()).isTrue();
    assertThat(well.lines()).containsExactly(ADDRESS + ": all 2 parts are ready");
    Diagnosis other = new Diagnosis();
    other.add(ADDRESS, 404, "404 page not found");
    assertThat(other.isWell()).isFalse();
    assertThat(other.lines())
        .containsExactly(ADDRESS + ": no readiness page is there (status 404)");
  }
}
