package im.hongyan.messagelog.search;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.util.Arrays;
import java.util.Locale;

/**
 * Settings of the search of messages.
 *
 * @param engine where the index is
 * @param generation another number builds the index anew
 * @param openSearch of the engine of that name; read whichever it is
 */
public record SearchConfig(Engine engine, int generation, OpenSearchConfig openSearch) {
  /** Where the index is. */
  public enum Engine {
    MYSQL,
    OPENSEARCH,
    NONE
  }

  /** Reads section {@code search}. */
  public static SearchConfig from(Settings settings) {
    String engine = settings.text("search.engine", "mysql");
    return new SearchConfig(
        Arrays.stream(Engine.values())
            .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(engine))
            .findFirst()
            .orElseThrow(
                () -> new ConfigException("search.engine must be mysql, opensearch or none")),
        settings.number("search.generation", 1, 1, Integer.MAX_VALUE),
        OpenSearchConfig.from(settings));
  }

  /** What an index must have been built by. */
  public String format() {
    return SearchAnalyzer.FORMAT + "/" + generation;
  }

  public boolean off() {
    return engine == Engine.NONE;
  }
}
