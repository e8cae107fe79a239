package im.hongyan.kit.config;

import im.hongyan.kit.config.SettingKey.Kind;
import im.hongyan.wire.json.GoJson;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sections of the settings as JSON: objects within objects as the file has them, numbers and
 * switches as such, times as texts with their unit, lists as arrays, secrets as {@code ***}.
 * Stateless.
 */
public final class SectionJson {
  /** What is shown of a secret that is set. */
  public static final String MASK = "***";

  private SectionJson() {}

  /** The names of the sections, sorted: what stands before the first dot of a key. */
  public static List<String> names(Settings settings) {
    return settings.keys().stream().map(SectionJson::section).distinct().toList();
  }

  /** The section that a key belongs to. */
  public static String section(String key) {
    return key.substring(0, key.indexOf('.'));
  }

  /** The keys of a section; none where there is no such section. */
  public static List<String> keys(Settings settings, String section) {
    return settings.keys().stream().filter(key -> section(key).equals(section)).toList();
  }

  /** A section with the values that the process runs with. */
  public static String ofRunning(Settings settings, String section) {
    return write(
        settings,
        keys(settings, section).stream()
            .collect(
                Collectors.toMap(
                    Function.identity(),
                    key ->
                        isSecret(settings, key)
                            ? masked(settings.running(key))
                            : settings.running(key))));
  }

  private static String masked(String secret) {
    return secret.isEmpty() ? "" : MASK;
  }

  /** Whether a key's value is never shown. */
  public static boolean isSecret(Settings settings, String key) {
    SettingKey read = settings.key(key);
    return read != null && read.kind() == Kind.SECRET;
  }

  /**
   * Some values of one section as JSON, secrets among them as they are.
   *
   * @param values texts by key
   */
  public static String write(Settings settings, Map<String, String> values) {
    Map<String, Object> tree = new TreeMap<>();
    values.forEach((key, text) -> put(tree, key, leaf(settings.key(key), text)));
    return new String(node(tree).toBytes(), StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked") // an inner map was put here
  private static void put(Map<String, Object> tree, String key, JsonValue leaf) {
    String[] steps = key.split("\\.", -1);
    Map<String, Object> at = tree;
    for (int i = 1; i < steps.length - 1; i++) {
      at = (Map<String, Object>) at.computeIfAbsent(steps[i], step -> new TreeMap<>());
    }
    at.put(steps[steps.length - 1], leaf);
  }

  private static JsonValue node(Map<?, ?> tree) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    tree.forEach((key, value) ->
        members.put(
            String.valueOf(key),
            value instanceof Map<?, ?> inner ? node(inner) : (JsonValue) value));
    return new JsonValue.Members(members);
  }

  private static JsonValue leaf(@Nullable SettingKey read, String text) {
    Kind kind = read == null ? Kind.TEXT : read.kind();
    return switch (kind) {
      case NUMBER ->
          text.matches("-?\\d+") ? new JsonValue.Numeral(text, true) : new JsonValue.Text(text);
      case FLAG -> new JsonValue.Bool(Boolean.parseBoolean(text));
      case LIST ->
          new JsonValue.Array(
              text.isEmpty()
                  ? List.of()
                  : Settings.elements(text).stream().<JsonValue>map(JsonValue.Text::new).toList());
      case TEXT, SECRET, DURATION, PRESENCE -> new JsonValue.Text(text);
    };
  }

  /**
   * Reads a section.
   *
   * @param settings which know the keys; a key is found in any letter case
   * @return texts by key; what is null is left out
   * @throws GoJsonException for what is no JSON object
   * @throws ConfigException for an unknown key, and for a value that no setting can be
   */
  public static Map<String, String> read(Settings settings, String section, String json)
      throws GoJsonException {
    Map<String, String> names = new TreeMap<>();
    keys(settings, section).forEach(key -> names.put(GoJson.fold(key), key));
    JsonValue tree = JsonValue.parse(json.getBytes(StandardCharsets.UTF_8));
    if (!(tree instanceof JsonValue.Members members)) {
      throw new GoJsonException("json: not an object");
    }
    Map<String, String> values = new TreeMap<>();
    read(section, members, names, values);
    return values;
  }

  private static void read(
      String path,
      JsonValue.Members object,
      Map<String, String> names,
      Map<String, String> values) {
    new TreeMap<>(object.byKey())
        .forEach((name, value) -> {
          String at = path + "." + name;
          String key = names.get(GoJson.fold(at));
          if (key == null && value instanceof JsonValue.Members inner) {
            read(at, inner, names, values);
          } else if (key == null) {
            throw Settings.unknown(at, names.values());
          } else if (!(value instanceof JsonValue.Nothing)) {
            values.put(key, text(key, value));
          }
        });
  }

  private static String text(String key, JsonValue value) {
    return switch (value) {
      case JsonValue.Text(String text) -> text;
      case JsonValue.Numeral number -> JsonValue.text(number);
      case JsonValue.Bool(boolean flag) -> Boolean.toString(flag);
      case JsonValue.Array(List<JsonValue> elements) -> {
        List<String> texts = new ArrayList<>();
        elements.forEach(element -> texts.add(text(key, element)));
        yield String.join(",", texts);
      }
      case JsonValue.Members _, JsonValue.Nothing _ ->
          throw new ConfigException(key + " cannot be an object or null");
    };
  }
}
