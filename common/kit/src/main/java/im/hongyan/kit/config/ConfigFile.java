package im.hongyan.kit.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** The YAML file of the settings. Stateless. */
public final class ConfigFile {
  /** Where it is looked for when the command line names none; it may be missing. */
  private static final Path USUAL = Path.of("config/hongyan.yml");

  private ConfigFile() {}

  /**
   * The file that a command line names, or the usual one.
   *
   * @throws ConfigException when the named one is not there
   */
  public static Path chosen(@Nullable Path named) {
    if (named == null) {
      return USUAL;
    }
    if (!Files.exists(named)) {
      throw new ConfigException(
          "there is no file " + named.toAbsolutePath().normalize() + ", which --config names");
    }
    return named;
  }

  /**
   * Reads a file that holds keys and values; an empty one holds none.
   *
   * @throws ConfigException naming the file when it cannot be read or holds something else
   */
  static String read(Path file) {
    Path place = file.toAbsolutePath().normalize();
    if (Files.isDirectory(file)) {
      throw new ConfigException(place + " is a folder; settings stand in a file");
    }
    try {
      String text = Files.readString(file);
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      Object content = new Yaml(new SafeConstructor(options)).load(text);
      if (content == null || content instanceof Map) {
        return content == null ? "{}" : text;
      }
      throw new ConfigException(
          place + " holds no settings: lines of the form 'gateway.ws.port: 10001' are wanted");
    } catch (MarkedYAMLException e) {
      // Without the line's text, which may hold a secret.
      throw new ConfigException(
          place
              + " is no YAML: "
              + e.getProblem()
              + " in line "
              + (e.getProblemMark().getLine() + 1));
    } catch (IOException | YAMLException e) {
      throw new ConfigException(place + " cannot be read: " + e.getMessage());
    }
  }
}
