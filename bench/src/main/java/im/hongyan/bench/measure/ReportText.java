package im.hongyan.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as lines for people: a table in Markdown, then sentences. Stateless. */
final class ReportText {
  private static final double MEBIBYTE = 1024 * 1024;

  private ReportText() {}

  static List<String> lines(Report report) {
    List<String> lines = new ArrayList<>();
    lines.add(report.command());
    lines.add("");
    lines.add(
        "| Latency from the intended moment, ms | Count | p50 | p90 | p99 | p99.9 | p99.99 | max |");
    lines.add("|---|---|---|---|---|---|---|---|");
    lines.add(row(report.labels().acknowledged(), report.acknowledgement()));
    if (!report.labels().received().isEmpty()) {
      lines.add(row(report.labels().received(), report.delivery()));
    }
    lines.add("");
    lines.add(counts(report));
    if (!report.firstProblem().isEmpty()) {
      lines.add("first problem: " + report.firstProblem());
    }
    lines.addAll(report.notes());
    servers(report, lines);
    driver(report, lines);
    return lines;
  }

  private static void servers(Report report, List<String> lines) {
    if (report.servers().isEmpty()) {
      return;
    }
    lines.add(
        "server CPU: %s ms per %s, at %s received/s"
            .formatted(
                fixed(3, report.serverCpuMillisPerMessage()),
                report.labels().unit(),
                fixed(0, report.servedMessages() / report.measuredSeconds())));
    for (ProcessCpu.Reading server : report.servers()) {
      lines.add(
          "  %s (%d): %s ms, %s MiB resident at most"
              .formatted(
                  server.name(),
                  server.pid(),
                  fixed(3, report.perMessage(server.cpuNanos())),
                  fixed(0, server.rssBytes() / MEBIBYTE)));
    }
  }

  private static void driver(Report report, List<String> lines) {
    Latency late = report.driver().lateness();
    lines.add(
        "driver CPU: %s of a core; messages started late by %s ms (p50), %s ms (p99)"
            .formatted(
                percent(report.driverCores()), millis(late.p50Micros()), millis(late.p99Micros())));
    if (report.verdict() != null) {
      lines.addAll(report.verdict().lines());
    }
    if (report.counts().missing() > 0) {
      lines.add("FAILED: messages are missing");
    }
    if (report.isVoid()) {
      lines.add(
          "VOID: the driver used more than "
              + percent(report.driver().maxCores())
              + " of a core, or started messages too late");
    }
  }

  private static String counts(Report report) {
    Ledger.Counts counts = report.counts();
    return "sent %d (%d of them measured, %s/s), acknowledged %d, refused %d, received %d, missing %d, duplicates %d"
        .formatted(
            counts.sent(),
            report.measuredMessages(),
            fixed(0, report.measuredMessages() / report.measuredSeconds()),
            counts.acknowledged(),
            counts.refused(),
            counts.received(),
            counts.missing(),
            counts.duplicates());
  }

  private static String row(String name, Latency latency) {
    return String.join(
        " | ",
        "| " + name,
        Long.toString(latency.count()),
        millis(latency.p50Micros()),
        millis(latency.p90Micros()),
        millis(latency.p99Micros()),
        millis(latency.p999Micros()),
        millis(latency.p9999Micros()),
        millis(latency.maxMicros()) + " |");
  }

  private static String millis(long micros) {
    return fixed(2, micros / 1e3);
  }

  private static String percent(double part) {
    return fixed(0, part * 100) + " %";
  }

  private static String fixed(int digits, double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
