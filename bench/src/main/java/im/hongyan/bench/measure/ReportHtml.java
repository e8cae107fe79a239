package im.hongyan.bench.measure;

import java.util.List;

/**
 * Reports as one HTML page with plots by percentile, complete in itself: no script, nothing loaded
 * from anywhere. Stateless.
 */
public final class ReportHtml {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>hongyan bench</title>
      <style>
      body { font: 15px/1.5 sans-serif; max-width: 60em; margin: 2em auto; color: #222 }
      pre { background: #f6f6f6; padding: 1em; overflow-x: auto; font-size: 12px }
      svg { width: 100%; height: auto } svg text { font: 11px sans-serif; fill: #555 }
      </style></head><body>
      <h1>hongyan bench</h1>
      """;

  private ReportHtml() {}

  /** Writes the page, one section for each report. */
  public static String write(List<Report> reports) {
    StringBuilder page = new StringBuilder(HEAD);
    for (Report report : reports) {
      page.append("<h2>").append(escape(report.command())).append("</h2>\n");
      PercentilePlot plot = new PercentilePlot();
      plot.add(report.labels().acknowledged(), report.acknowledgement());
      if (!report.labels().received().isEmpty()) {
        plot.add(report.labels().received(), report.delivery());
      }
      page.append(plot.svg()).append("<pre>");
      report.lines().forEach(line -> page.append(escape(line)).append('\n'));
      page.append("</pre>\n");
    }
    return page.append("</body></html>\n").toString();
  }

  /** Text escaped for HTML and SVG. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
