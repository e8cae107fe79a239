package im.hongyan.bench;

import im.hongyan.bench.measure.Report;
import im.hongyan.bench.measure.ReportHtml;
import im.hongyan.bench.measure.ReportJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where reports go besides the screen. */
final class OutputOptions {
  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "writes each report there too, one object a line")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "writes the reports there as a page with plots by percentile")
  private @Nullable Path html;

  void write(List<Report> reports) throws IOException {
    if (json != null) {
      Files.write(json, reports.stream().map(ReportJson::write).toList());
    }
    if (html != null) {
      Files.writeString(html, ReportHtml.write(reports));
    }
  }
}
