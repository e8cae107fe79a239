package im.hongyan.messagelog.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves what the settings of the search accept, and that the password is not printed. */
class SearchConfigTest {
  private static SearchConfig read(Map<String, String> settings) {
    return SearchConfig.from(Settings.load(Path.of("none.yml"), Map.of(), settings));
  }

  @Test
  void mysqlIsTheEngineWhereNothingIsSet() {
    SearchConfig config = read(Map.of());
    assertThat(config.engine()).isEqualTo(SearchConfig.Engine.MYSQL);
    assertThat(config.openSearch().addresses())
        .containsExactly(URI.create("http://localhost:9200"));
  }

  @Test
  void openSearchHasItsSettings() {
    SearchConfig config =
        read(
            Map.of(
                "search.engine", "opensearch",
                "search.opensearch.addresses", "https://one:9200, https://two:9201",
                "search.opensearch.user", "im",
                "search.opensearch.password", "hidden",
                "search.opensearch.prefix", "im-2",
                "search.opensearch.requestTimeout", "3s"));
    assertThat(config.engine()).isEqualTo(SearchConfig.Engine.OPENSEARCH);
    assertThat(config.openSearch().addresses())
        .isEqualTo(List.of(URI.create("https://one:9200"), URI.create("https://two:9201")));
    assertThat(config.openSearch().requestTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.toString()).contains("im-2").doesNotContain("hidden");
  }

  @ParameterizedTest
  @CsvSource({
    "search.engine, elastic",
    "search.opensearch.addresses, localhost:9200",
    "search.opensearch.addresses, ftp://localhost:9200",
    "search.opensearch.addresses, http://im:hidden@localhost:9200",
    "search.opensearch.addresses, http://localhost:9200/path",
    "search.opensearch.user, alone",
    "search.opensearch.password, hidden",
    "search.opensearch.prefix, Upper",
    "search.opensearch.prefix, _first",
    "search.opensearch.prefix, a*",
    "search.opensearch.connectTimeout, 0s",
    "search.opensearch.requestTimeout, 31s",
    "search.opensearch.maxRequestBytes, 100",
  })
  void whatCannotBeIsRefused(String key, String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(Map.of(key, value)))
        .satisfies(refusal ->
            assertThat(refusal.getMessage()).contains("search.").doesNotContain("hidden"));
  }
}
