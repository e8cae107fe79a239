package im.hongyan.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plot of latencies by percentile as SVG. To the right each step is a nine more, upwards each is
 * ten times the latency, from 0.1 ms to 100 s. Not thread-safe.
 */
final class PercentilePlot {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 340;
  private static final int LEFT = 60;
  private static final int RIGHT = 20;
  private static final int TOP = 16;
  private static final int BOTTOM = 40;

  /** Nines at the right edge: 99.999 %. */
  private static final double MAX_NINES = 5;

  private static final double MIN_LOG_MICROS = 2;
  private static final double MAX_LOG_MICROS = 8;
  private static final String[] COLOURS = {"#0b6e99", "#c4451c", "#3d7a2f", "#7a4b9a"};
  private static final String[] NINES = {"0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"};
  private static final String[] TIMES = {
    "0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"
  };

  private final List<String> curves = new ArrayList<>();

  void add(String name, Latency latency) {
    int index = curves.size();
    String colour = COLOURS[index % COLOURS.length];
    StringBuilder points = new StringBuilder();
    for (Latency.Point point : latency.curve()) {
      points.append(number(x(point.percentile()))).append(',');
      points.append(number(y(point.micros()))).append(' ');
    }
    curves.add(
        "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"%s\"/>\n"
                .formatted(colour, points.toString().strip())
            + "<text x=\"%d\" y=\"%d\" style=\"fill:%s\">%s</text>\n"
                .formatted(LEFT + 12, TOP + 16 + 16 * index, colour, ReportHtml.escape(name)));
  }

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">\n"
            .formatted(WIDTH, HEIGHT));
    for (int i = 0; i < NINES.length; i++) {
      double x = xOfNines(i);
      line(svg, x, TOP, x, HEIGHT - BOTTOM);
      text(svg, x, HEIGHT - BOTTOM + 18, "middle", NINES[i]);
    }
    for (int i = 0; i < TIMES.length; i++) {
      double y = yOfLog(MIN_LOG_MICROS + i);
      line(svg, LEFT, y, WIDTH - RIGHT, y);
      text(svg, LEFT - 6, y + 4, "end", TIMES[i]);
    }
    curves.forEach(svg::append);
    return svg.append("</svg>\n").toString();
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
        "<line stroke=\"#ddd\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
            .formatted(number(x1), number(y1), number(x2), number(y2)));
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
            .formatted(number(x), number(y), anchor, text));
  }

  private static double x(double percentile) {
    return xOfNines(-Math.log10(Math.max(1e-9, 1 - percentile / 100)));
  }

  private static double xOfNines(double nines) {
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.clamp(nines / MAX_NINES, 0, 1);
  }

  private static double y(long micros) {
    return yOfLog(Math.log10((double) Math.max(1, micros)));
  }

  private static double yOfLog(double log) {
    double part = (log - MIN_LOG_MICROS) / (MAX_LOG_MICROS - MIN_LOG_MICROS);
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.clamp(part, 0, 1);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
