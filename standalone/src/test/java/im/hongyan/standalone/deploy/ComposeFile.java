package im.hongyan.standalone.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml, its anchors resolved and its variables as they are written. Immutable. */
final class ComposeFile {
  static final Path PATH = Path.of("../docker-compose.yml");

  private final Map<String, Object> content;
  private final String text;

  private ComposeFile(String text) {
    this.text = text;
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    content = new Yaml(new SafeConstructor(options)).load(text);
  }

  static ComposeFile read() throws IOException {
    return new ComposeFile(Files.readString(PATH));
  }

  /** As it is written. */
  String text() {
    return text;
  }

  /** Every service by its name. */
  SortedMap<String, Map<String, Object>> services() {
    SortedMap<String, Map<String, Object>> services = new TreeMap<>();
    section(content, "services").forEach((name, service) -> services.put(name, section(service)));
    return services;
  }

  /** A part of it that holds names and values; empty where there is none. */
  static Map<String, Object> section(Map<String, Object> whole, String name) {
    Object part = whole.get(name);
    return part == null ? Map.of() : section(part);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> section(Object part) {
    return (Map<String, Object>) part;
  }

  /** A value as text. */
  static String text(Map<String, Object> whole, String name) {
    return Objects.toString(whole.get(name), "");
  }
}
