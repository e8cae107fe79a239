package im.hongyan.standalone.routes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Compares a body with what it must be, key by key, and keeps what it is asked to keep. */
final class BodyMatcher {
  private static final long LONGEST_AGO_SECONDS = 3600;
  private static final int MILLIS_A_SECOND = 1000;

  private final Map<String, String> variables;
  private final List<String> differences = new ArrayList<>();

  /**
   * Creates a matcher for one body.
   *
   * @param variables gets what {@code "@any=name"} meets
   */
  BodyMatcher(Map<String, String> variables) {
    this.variables = variables;
  }

  /** Each place where the body differs; empty where it does not. */
  List<String> differences(JsonNode expected, JsonNode actual) {
    compare("", expected, actual);
    return differences;
  }

  private void compare(String at, JsonNode expected, JsonNode actual) {
    if (expected.isString() && expected.asString().startsWith("@")) {
      comparePlaceholder(at, expected.asString(), actual);
    } else if (expected.isObject() && actual.isObject()) {
      compareObjects(at, expected, actual);
    } else if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
      for (int i = 0; i < expected.size(); i++) {
        compare(at + "[" + i + "]", expected.get(i), actual.get(i));
      }
    } else if (!expected.equals(actual)) {
      differences.add(at + ": " + actual + " instead of " + expected);
    }
  }

  private void compareObjects(String at, JsonNode expected, JsonNode actual) {
    TreeSet<String> names = new TreeSet<>(expected.propertyNames());
    names.addAll(actual.propertyNames());
    for (String name : names) {
      if (!actual.has(name)) {
        differences.add(at + "." + name + " is missing");
      } else if (!expected.has(name)) {
        differences.add(at + "." + name + " is one too many: " + actual.get(name));
      } else {
        compare(at + "." + name, expected.get(name), actual.get(name));
      }
    }
  }

  private void comparePlaceholder(String at, String placeholder, JsonNode actual) {
    String kind = placeholder.split("=", 2)[0];
    boolean meets =
        switch (kind) {
          case "@any" -> true;
          case "@number" -> actual.isNumber() && actual.asDecimal().signum() > 0;
          case "@millis" -> actual.isNumber() && recent(actual.asLong() / MILLIS_A_SECOND);
          case "@seconds" -> actual.isNumber() && recent(actual.asLong());
          default -> throw new IllegalArgumentException("no placeholder " + placeholder);
        };
    if (!meets) {
      differences.add(at + ": " + actual + " instead of " + placeholder);
    }
    if (placeholder.contains("=")) {
      variables.put(placeholder.split("=", 2)[1], actual.asString());
    }
  }

  private static boolean recent(long seconds) {
    long ago = Instant.now().getEpochSecond() - seconds;
    return ago >= -1 && ago < LONGEST_AGO_SECONDS;
  }
}
