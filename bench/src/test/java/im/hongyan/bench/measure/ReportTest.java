package im.hongyan.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.bench.measure.ProcessCpu.Reading;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves the printed report, and when a run counts as passed. */
class ReportTest {
  private static final Latency LATENCY =
      new Latency(
          2_000,
          1_500,
          2_000,
          9_999,
          20_000,
          30_000,
          31_250,
          List.of(new Latency.Point(0, 1_000), new Latency.Point(99, 9_999)));

  @Test
  void aGoodRunIsATableWithCountsAndCpu() {
    Report report = report(new Ledger.Counts(2_500, 2_500, 0, 2_500, 0, 0), 300_000_000);
    assertThat(report.passed()).isTrue();
    assertThat(report.serverCpuMillisPerMessage()).isEqualTo(0.625);
    assertThat(report.lines())
        .containsExactly(
            "one-to-one",
            "",
            "| Latency from the intended moment, ms | Count | p50 | p90 | p99 | p99.9 | p99.99 | max |",
            "|---|---|---|---|---|---|---|---|",
            "| send -> acknowledged | 2000 | 1.50 | 2.00 | 10.00 | 20.00 | 30.00 | 31.25 |",
            "| send -> received | 2000 | 1.50 | 2.00 | 10.00 | 20.00 | 30.00 | 31.25 |",
            "",
            "sent 2500 (2000 of them measured, 1000/s), acknowledged 2500, refused 0, received 2500,"
                + " missing 0, duplicates 0",
            "server CPU: 0.625 ms per message, at 800 received/s",
            "  java (7): 0.500 ms, 100 MiB resident at most",
            "  mariadbd (8): 0.125 ms, 50 MiB resident at most",
            "driver CPU: 15 % of a core; messages started late by 1.50 ms (p50), 10.00 ms (p99)");
  }

  @Test
  void missingMessagesFailTheRun() {
    Report report = report(new Ledger.Counts(2_500, 2_500, 0, 2_499, 1, 0), 300_000_000);
    assertThat(report.passed()).isFalse();
    assertThat(report.lines()).contains("FAILED: messages are missing");
  }

  @Test
  void aBusyDriverMakesTheRunVoid() {
    Report report = report(new Ledger.Counts(2_500, 2_500, 0, 2_500, 0, 0), 900_000_000);
    assertThat(report.isVoid()).isTrue();
    assertThat(report.passed()).isFalse();
    assertThat(report.lines())
        .contains("VOID: the driver used more than 40 % of a core, or started messages too late");
  }

  @Test
  void thePageDrawsBothLatenciesAndLoadsNothing() {
    Report report = report(new Ledger.Counts(2_500, 2_500, 0, 2_500, 0, 0), 300_000_000);
    assertThat(ReportHtml.write(List.of(report)))
        .contains("points=\"60.0,252.7 348.0,205.3\"")
        .contains("send -&gt; acknowledged", "send -&gt; received")
        .doesNotContain("<script", "src=", "href=");
  }

  @Test
  void theJsonHoldsTheSame() {
    Report report = report(new Ledger.Counts(2_500, 2_499, 1, 2_498, 1, 3), 300_000_000);
    assertThat(ReportJson.write(report))
        .startsWith(
            "{\"command\":\"one-to-one\",\"measuredSeconds\":2.0,\"measuredMessages\":2000,")
        .contains(
            "\"counts\":{\"sent\":2500,\"acknowledged\":2499,\"refused\":1,\"received\":2498,"
                + "\"missing\":1,\"duplicates\":3}")
        .contains("\"received\":{\"count\":2000,\"p50Micros\":1500,")
        .contains("\"serverCpuMillisPerMessage\":0.625,")
        .contains("{\"pid\":8,\"name\":\"mariadbd\",\"cpuMillis\":200,\"rssBytes\":52428800}")
        .endsWith(
            "\"driverCores\":0.15,\"driverLateP99Micros\":9999,\"void\":false,\"notes\":[],"
                + "\"firstProblem\":\"\"}");
  }

  private static Report report(Ledger.Counts counts, long driverCpuNanos) {
    List<Reading> servers =
        List.of(
            new Reading(7, "java", 800_000_000, 100 << 20),
            new Reading(8, "mariadbd", 200_000_000, 50 << 20));
    return new Report(
        "one-to-one",
        Labels.MESSAGES,
        2,
        2_000,
        1_600,
        counts,
        LATENCY,
        LATENCY,
        new Driver(driverCpuNanos, LATENCY, Driver.MAX_CORES),
        servers,
        List.of(),
        null,
        "");
  }
}
