package im.hongyan.kit.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.push.PushProto;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves each kind of check with its text, their order, and that a wrong one stops the start. */
class ArgumentChecksTest {
  private static final String PASSED = "passed";

  /** What the method answers to a request: code, a blank and the detail, or that it passed. */
  private static String outcome(TestMethod method, String request) {
    try {
      ArgumentChecks.of(method.schema()).check(method.request(request));
      return PASSED;
    } catch (ImException refused) {
      return refused.code() + " " + refused.detail();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "field: 'text' not_empty: true | text: 'a' | '' | text is empty",
        "field: 'texts' not_empty: true | texts: '' | '' | texts is empty",
        "field: 'blob' not_empty: true | blob: 'a' | '' | blob is empty",
        "field: 'inner' not_empty: true | inner {} | '' | inner is empty",
        "field: 'inners.text' max_bytes: 1 | inners { text: 'a' } |"
            + " inners { text: 'a' } inners { text: 'ab' } | text is longer than 1 bytes",
        "field: 'inner.text' not_empty: true | inner { text: 'a' } | '' | text is empty",
        "field: 'text' max_bytes: 4 | text: 'abcd' | text: 'abcde' | text is longer than 4 bytes",
        "field: 'text' max_bytes: 4 | text: 'éé' | text: 'ééa' | text is longer than 4 bytes",
        "field: 'texts' max_bytes: 1 | texts: 'a' | texts: ['a','bb'] | texts is longer than 1 bytes",
        "field: 'blob' max_bytes: 1 | blob: 'a' | blob: 'ab' | blob is longer than 1 bytes",
        "field: 'wrapped' max_bytes: 1 | wrapped { value: 'a' } | wrapped { value: 'ab' } |"
            + " wrapped is longer than 1 bytes",
        "field: 'text' max_characters: 2 | text: '鸿雁' | text: '鸿雁x' |"
            + " text is longer than 2 characters",
        "field: 'text' max_characters: 1 | text: '😀' | text: '😀😀' |"
            + " text is longer than 1 characters",
        "field: 'texts' max_items: 1 | texts: 'a' | texts: ['a','b'] |"
            + " texts has more than 1 elements",
        "field: 'number' range { min: 1 max: 3 } | number: 3 | number: 4 | number is invalid",
        "field: 'number' range { min: 1 max: 3 } | number: 1 | '' | number is invalid",
        "field: 'numbers' range { min: 1 max: 3 } | numbers: [1,3] | numbers: [1,4] |"
            + " numbers is invalid",
        "field: 'number' one_of: [1,5] | number: 5 | number: 2 | number is invalid",
        "field: 'colour' one_of: 1 | colour: RED | '' | colour is invalid",
        "field: 'text' one_of_text: ['a','b'] | text: 'b' | text: 'c' | text is invalid",
        "field: 'number' none_of: 10 | number: 9 | number: 10 | number is invalid",
        "field: 'texts' distinct: true | texts: ['a','b'] | texts: ['a','b','a'] |"
            + " texts is invalid",
        "field: 'maybe' range { min: 1 max: 2 } if_present: true | '' | maybe: 3 |"
            + " maybe is invalid",
        "field: 'number' range { min: 1 max: 3 } unless: 'text' | text: 'a' | '' |"
            + " number is invalid",
      })
  void aCheckPassesWhatItAllowsAndNamesTheFieldOtherwise(
      String check, String good, String bad, String text) {
    TestMethod method = TestMethod.of("Check", "is: ANY_USER", check);
    assertThat(outcome(method, good)).isEqualTo(PASSED);
    assertThat(outcome(method, bad)).isEqualTo("1001 " + text);
  }

  @Test
  void aCheckSaysItsOwnCodeAndText() {
    TestMethod method =
        TestMethod.of(
            "Check", "is: ANY_USER", "field: 'number' none_of: 7 code: 1002 text: 'no {value}!'");
    assertThat(outcome(method, "number: 7")).isEqualTo("1002 no 7!");
  }

  @Test
  void orderDecidesAndEqualOnesAreMadeAsWritten() {
    TestMethod method =
        TestMethod.of(
            "Check",
            "is: ANY_USER",
            "field: 'text' not_empty: true order: 2",
            "field: 'number' not_empty: false range { min: 1 max: 1 } order: 1",
            "field: 'texts' not_empty: true order: 2",
            "field: 'blob' not_empty: true order: -1");
    List<String> refusals = new ArrayList<>();
    String request = "";
    for (String repair : List.of("blob: 'a' ", "number: 1 ", "text: 'a' ", "texts: 'a' ")) {
      refusals.add(outcome(method, request));
      request += repair;
    }
    assertThat(refusals)
        .containsExactly(
            "1001 blob is empty",
            "1001 number is invalid",
            "1001 text is empty",
            "1001 texts is empty");
    assertThat(outcome(method, request)).isEqualTo(PASSED);
  }

  @Test
  void fieldsOfTheRequestCarryChecksThemselves() {
    ArgumentChecks checks =
        ArgumentChecks.of(
            PushProto.getDescriptor()
                .findServiceByName("PushMsgService")
                .findMethodByName("DelUserPushToken"));
    DelUserPushTokenReq.Builder request = DelUserPushTokenReq.newBuilder();
    assertThatThrownBy(() -> checks.check(request.build())).hasMessageContaining("userID is empty");
    request.setUserID("alice").setPlatformID(13);
    assertThatThrownBy(() -> checks.check(request.build())).hasMessageContaining("no platform 13");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "field: 'text'",
        "field: 'nowhere' not_empty: true",
        "field: 'text.more' not_empty: true",
        "field: '' not_empty: true",
        "field: 'number' not_empty: true",
        "field: 'number' max_bytes: 1",
        "field: 'number' max_characters: 1",
        "field: 'text' max_items: 1",
        "field: 'text' distinct: true",
        "field: 'text' range { min: 1 max: 2 }",
        "field: 'text' one_of: 1",
        "field: 'number' one_of_text: 'a'",
        "field: 'inner' max_bytes: 1 if_present: true text: 'Inner wraps a text but not as value'",
        "field: 'text' not_empty: true if_present: true",
        "field: 'text' not_empty: true code: 4711",
        "field: 'text' not_empty: true unless: 'nowhere'",
        "field: 'text' not_empty: true unless: 'number'",
        "field: 'text' not_empty: true unless: 'texts'",
      })
  void aCheckThatCannotBeMadeIsRefusedAtTheStart(String check) {
    TestMethod method = TestMethod.of("Check", "is: ANY_USER", check);
    assertThatThrownBy(() -> ArgumentChecks.of(method.schema()))
        .isInstanceOf(IllegalStateException.class);
  }
}
