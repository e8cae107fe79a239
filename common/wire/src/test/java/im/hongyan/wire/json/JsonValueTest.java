package im.hongyan.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.wire.json.JsonValue.Members;
import im.hongyan.wire.json.JsonValue.Text;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves that JSON of an unknown form keeps all it holds, and is written as Go's encoder does. */
class JsonValueTest {
  private static JsonValue read(String value) throws GoJsonException {
    byte[] json = ("{\"v\":" + value + "}").getBytes(StandardCharsets.UTF_8);
    return JsonValue.member(json, "v").orElseThrow();
  }

  private static String written(String value) throws GoJsonException {
    return new String(read(value).toBytes(), StandardCharsets.UTF_8);
  }

  /** Go writes the first of these as 1e+30, and others rounded to 53 bits; digits are kept. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1000000000000000000000000000001",
        "9223372036854775807",
        "-9223372036854775808",
        "9007199254740993",
        "0",
        "-0",
        "true",
        "\"\"",
        "{}",
        "[]",
        "[null,{\"a\":[1,[]]}]"
      })
  void whatGoesThroughAsItIs(String value) throws GoJsonException {
    assertThat(written(value)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          1.50                     | 1.5
          1.0                      | 1
          -0.0                     | -0
          0.000001                 | 0.000001
          0.0000001                | 1e-7
          1.25e-7                  | 1.25e-7
          1e20                     | 100000000000000000000
          1e21                     | 1e+21
          -1.5E300                 | -1.5e+300
          1e-320                   | 1e-320
          0.1                      | 0.1
          {"b": 1, "a" : {"z":2,"y":3}} | {"a":{"y":3,"z":2},"b":1}
          {"a":1,"a":2}            | {"a":2}
          "<a href='x'>&"          | "\\u003ca href='x'\\u003e\\u0026"
          "\\u00e9\\/\\ud800"      | "é/\uFFFD"
          """)
  void whatIsWrittenAsGoDoes(String value, String expected) throws GoJsonException {
    assertThat(written(value)).isEqualTo(expected);
  }

  @Test
  void keysAreSortedByTheirBytes() throws GoJsonException {
    assertThat(written("{\"\uD83D\uDE00\":1,\"\uFF5E\":2,\"B\":3,\"a\":4}"))
        .isEqualTo("{\"B\":3,\"a\":4,\"\uFF5E\":2,\"\uD83D\uDE00\":1}");
  }

  @Test
  void anExactKeyIsFoundBeforeOthersInAnyLetterCase() {
    Members members =
        new Members(Map.of("Key", new Text("other"), "key", new Text("exact"), "A", new Text("a")));
    assertThat(members.find("key")).isEqualTo(new Text("exact"));
    assertThat(members.find("KEY")).isEqualTo(new Text("exact"));
    assertThat(members.find("a")).isEqualTo(new Text("a"));
    assertThat(members.find("b")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                      |
          null                    |
          {"v":null}              |
          {"w":1}                 |
          {"v":1,"V":2}           | 2
          {"w":{"v":3},"V":4} 5   | 4
          """)
  void theLastMemberOfAKeyCounts(String json, String expected) throws GoJsonException {
    assertThat(
            JsonValue.member(json.getBytes(StandardCharsets.UTF_8), "v")
                .map(value -> new String(value.toBytes(), StandardCharsets.UTF_8)))
        .isEqualTo(java.util.Optional.ofNullable(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "1", "{\"v\":", "{\"v\":1e999}", "{\"v\":tru}", "{\"v\":01}"})
  void whatIsNoJsonObjectIsRefused(String json) {
    assertThatThrownBy(() -> JsonValue.member(json.getBytes(StandardCharsets.UTF_8), "v"))
        .isInstanceOf(GoJsonException.class);
  }

  @Test
  void depthAndValuesHaveABound() throws GoJsonException {
    assertThat(written("[".repeat(90) + "]".repeat(90))).hasSize(180);
    assertThatThrownBy(() -> written("[".repeat(5_000) + "]".repeat(5_000)))
        .isInstanceOf(GoJsonException.class);
    String most = "[" + "1,".repeat(JsonValue.MAX_VALUES - 2) + "1]";
    assertThat(written(most)).isEqualTo(most);
    assertThatThrownBy(() -> written("[1," + most.substring(1)))
        .hasMessage("json: more than 20000 values");
    assertThatThrownBy(() -> written("9".repeat(400))).hasMessage("json: number out of range");
  }
}
