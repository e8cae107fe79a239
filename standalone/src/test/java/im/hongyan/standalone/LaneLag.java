package im.hongyan.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far the stages of the lanes are apart, by the system's own metrics. */
final class LaneLag {
  private static final Pattern OFFSET =
      Pattern.compile("lane_offset\\{lane=\"(\\d+)\",stage=\"([a-z]+)\"\\} ([-0-9.E+]+)");

  private LaneLag() {}

  /**
   * Fails unless every stage is where its lane ends.
   *
   * @param pages of the processes that have the stages
   */
  static void requireNone(int lanes, URI... pages) {
    Map<String, Map<Integer, Double>> stages = stages(pages);
    Map<Integer, Double> ends = stages.getOrDefault("sequenced", Map.of());
    if (ends.size() != lanes) {
      throw new AssertionError("only these lanes are owned: " + ends);
    }
    for (String stage : java.util.List.of("visible", "history", "inbox", "push")) {
      if (!ends.equals(stages.get(stage))) {
        throw new AssertionError(
            stage + " is at " + stages.get(stage) + ", the log ends at " + ends);
      }
    }
  }

  private static Map<String, Map<Integer, Double>> stages(URI... pages) {
    Map<String, Map<Integer, Double>> stages = new HashMap<>();
    for (URI page : pages) {
      Matcher line = OFFSET.matcher(metrics(page));
      while (line.find()) {
        stages
            .computeIfAbsent(line.group(2), stage -> new HashMap<>())
            .put(Integer.parseInt(line.group(1)), Double.parseDouble(line.group(3)));
      }
    }
    return stages;
  }

  private static String metrics(URI page) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(page.resolve("/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
