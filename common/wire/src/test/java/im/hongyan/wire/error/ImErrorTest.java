package im.hongyan.wire.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Proves that our codes and names are those of the specification's table, none missing or extra.
 */
class ImErrorTest {
  /** Rows of the table that a server of ours never sends. */
  private static final Set<Integer> NOT_OURS = Set.of(0, 1000, 1050);

  @Test
  void codesAndNamesAreThoseOfTheSpecification() throws IOException {
    Map<Integer, String> ours = new TreeMap<>();
    for (ImError error : ImError.values()) {
      ours.put(error.code(), error.text());
    }
    assertThat(ours).hasSize(ImError.values().length).isEqualTo(specification());
  }

  @Test
  void aCodeIsFoundAgain() {
    assertThat(ImError.of(1501)).contains(ImError.TOKEN_EXPIRED);
    assertThat(ImError.of(12345)).isEmpty();
  }

  @Test
  void anExceptionCarriesCodeNameAndDetailWithoutAStackTrace() {
    ImException e = ImError.ARGS.with("userID is empty");
    assertThat(e.code()).isEqualTo(1001);
    assertThat(e.text()).isEqualTo("ArgsError");
    assertThat(e.detail()).isEqualTo("userID is empty");
    assertThat(e.is(ImError.ARGS)).isTrue();
    assertThat(e.getStackTrace()).isEmpty();
    assertThat(e).hasMessage("1001 ArgsError: userID is empty");
  }

  @Test
  void anInternalFailureKeepsItsCause() {
    IllegalStateException cause = new IllegalStateException("store");
    ImException e = ImException.internal("store is down", cause);
    assertThat(e).hasCause(cause);
    assertThat(e.code()).isEqualTo(500);
    assertThat(e.getStackTrace()).isNotEmpty();
  }

  private static Map<Integer, String> specification() throws IOException {
    try (InputStream table = ImErrorTest.class.getResourceAsStream("/spec/error-codes.md")) {
      String text = new String(table.readAllBytes(), StandardCharsets.UTF_8);
      Matcher row = Pattern.compile("(?m)^\\| (\\d+) \\| ([^|]*?) \\|").matcher(text);
      Map<Integer, String> rows = new TreeMap<>();
      while (row.find()) {
        rows.put(Integer.valueOf(row.group(1)), row.group(2).replace("\"\"", "").strip());
      }
      // These two rows give prose; the names stand in rest-account.md 0.5 and messaging.md 9.1.
      rows.put(429, "too many requests, please try again later");
      rows.put(80000, "CallbackError");
      rows.keySet().removeAll(NOT_OURS);
      return rows;
    }
  }
}
