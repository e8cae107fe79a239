package im.hongyan.messagelog.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves which field of which content is searched, and that other contents are left alone. */
class SearchableTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "101 | {\"content\":\"hello\"} | hello",
        "102 | {\"content\":\"hello\"} | ''",
        "105 | {\"filePath\":\"\",\"fileName\":\"a.pdf\"} | a.pdf",
        "106 | {\"text\":\"@bob hi\",\"atUserList\":[\"bob\"]} | @bob hi",
        "107 | {\"title\":\"Chat of two\",\"multiMessage\":[{\"title\":\"x\"}]} | Chat of two",
        "108 | {\"userID\":\"u\",\"nickname\":\"Bob\"} | Bob",
        "109 | {\"description\":\"Bund\",\"longitude\":1.5} | Bund",
        "110 | {\"data\":\"{}\",\"description\":\"an order\"} | an order",
        "114 | {\"quoteMessage\":{\"text\":\"old\"},\"text\":\"new\"} | new",
        "117 | {\"text\":\"rich\",\"messageEntityList\":[]} | rich",
        "118 | {\"content\":\"# head\"} | # head",
        "119 | {\"description\":\"quiet\"} | quiet",
        "1400 | {\"text\":\"notice\"} | ''",
        "101 | {\"content\":5} | ''",
        "101 | {\"other\":\"x\"} | ''",
        "101 | [\"content\"] | ''",
        "101 | {\"content\":\"cut | ''",
        "101 | plain text | ''",
      })
  void oneFieldIsTheText(int contentType, String content, String text) {
    assertThat(SearchableText.of(contentType, ByteString.copyFromUtf8(content))).isEqualTo(text);
  }
}
