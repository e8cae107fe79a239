package im.hongyan.bench.measure;

import im.hongyan.bench.check.rule.Verdict;
import java.io.StringWriter;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A report as one JSON object, for tools that compare runs. Stateless. */
public final class ReportJson {
  private ReportJson() {}

  /** Writes it; times in microseconds, CPU in milliseconds per message. */
  public static String write(Report report) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("command", report.command());
      json.writeNumberProperty("measuredSeconds", report.measuredSeconds());
      json.writeNumberProperty("measuredMessages", report.measuredMessages());
      json.writeNumberProperty("servedMessages", report.servedMessages());
      counts(json, report.counts());
      latency(json, "acknowledged", report.acknowledgement());
      if (!report.labels().received().isEmpty()) {
        latency(json, "received", report.delivery());
      }
      json.writeNumberProperty("serverCpuMillisPerMessage", report.serverCpuMillisPerMessage());
      json.writeArrayPropertyStart("servers");
      for (ProcessCpu.Reading server : report.servers()) {
        json.writeStartObject();
        json.writeNumberProperty("pid", server.pid());
        json.writeStringProperty("name", server.name());
        json.writeNumberProperty("cpuMillis", server.cpuNanos() / 1_000_000);
        json.writeNumberProperty("rssBytes", server.rssBytes());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeNumberProperty("driverCores", report.driverCores());
      json.writeNumberProperty("driverLateP99Micros", report.driver().lateness().p99Micros());
      json.writeBooleanProperty("void", report.isVoid());
      texts(json, "notes", report.notes());
      if (report.verdict() != null) {
        verdict(json, report.verdict());
      }
      json.writeStringProperty("firstProblem", report.firstProblem());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void verdict(JsonGenerator json, Verdict verdict) {
    json.writeObjectPropertyStart("check");
    json.writeNumberProperty("events", verdict.events());
    json.writeObjectPropertyStart("violations");
    verdict.counts().forEach(json::writeNumberProperty);
    json.writeEndObject();
    List<String> first = verdict.passed() ? List.of() : verdict.violations().getFirst().lines();
    texts(json, "firstCounterexample", first);
    json.writeEndObject();
  }

  private static void texts(JsonGenerator json, String name, List<String> texts) {
    json.writeArrayPropertyStart(name);
    texts.forEach(json::writeString);
    json.writeEndArray();
  }

  private static void counts(JsonGenerator json, Ledger.Counts counts) {
    json.writeObjectPropertyStart("counts");
    json.writeNumberProperty("sent", counts.sent());
    json.writeNumberProperty("acknowledged", counts.acknowledged());
    json.writeNumberProperty("refused", counts.refused());
    json.writeNumberProperty("received", counts.received());
    json.writeNumberProperty("missing", counts.missing());
    json.writeNumberProperty("duplicates", counts.duplicates());
    json.writeEndObject();
  }

  private static void latency(JsonGenerator json, String name, Latency latency) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("count", latency.count());
    json.writeNumberProperty("p50Micros", latency.p50Micros());
    json.writeNumberProperty("p90Micros", latency.p90Micros());
    json.writeNumberProperty("p99Micros", latency.p99Micros());
    json.writeNumberProperty("p999Micros", latency.p999Micros());
    json.writeNumberProperty("p9999Micros", latency.p9999Micros());
    json.writeNumberProperty("maxMicros", latency.maxMicros());
    json.writeEndObject();
  }
}
