package im.hongyan.auth.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves the table of rest-account.md 1.3: which tokens a new login ends. */
class LoginPolicyTest {
  /**
   * Tokens are written as platform:age, the newest having age 1; kicked ones likewise. Platforms: 1
   * iOS, 2 Android (Mobile), 3 Windows, 4 OSX, 7 Linux (PC), 5 Web, 6 MiniWeb, 8 APad, 9 IPad
   * (Pad), 10 Admin, 11 HarmonyOS, 12 Bot.
   */
  @ParameterizedTest(name = "policy {0}, at most {1}, new on {2}: of {3} kicked {4}")
  @CsvSource({
    // 0: what is over the limit on each platform, the new token counted on its own
    "0, 1, 1, 1:1,                    1:1",
    "0, 2, 1, 1:1 1:2 1:3,            1:2 1:3",
    "0, 2, 1, 1:1,                    ''",
    "0, 2, 1, 2:1 2:2 2:3,            2:3",
    "0, 2, 1, 1:1 2:1 3:1 5:1 11:1,   ''",
    "0, 2, 11, 11:1 11:2 9:1 9:2,     11:2",
    "0, 1, 10, 1:1 1:2 2:1,           1:2",
    "0, 30, 1, 1:1 1:2 1:3 1:4,       ''",
    // 1: all on the new one's platform, all but the newest on the others
    "1, 30, 1, 1:1 1:2,               1:1 1:2",
    "1, 30, 1, 2:1 2:2 5:1,           2:2",
    "1, 30, 3, 1:1 2:1 7:1,           ''",
    "1, 30, 8, 9:1 8:1,               8:1",
    "1, 30, 11, 11:1 11:2 2:3,        11:1 11:2",
    "1, 30, 2, 11:1 11:2,             11:2",
    "1, 30, 12, 12:1 11:1 2:1,        12:1",
    "1, 30, 10, 1:2 1:1 4:1,          1:2",
    "1, 30, 1, '',                    ''",
    // 4: all of the new one's class, all but the newest of every other class
    "4, 30, 1, 2:1 3:1 7:2,           2:1 7:2",
    "4, 30, 3, 4:1 7:1 1:1 2:2,       4:1 7:1 2:2",
    "4, 30, 8, 9:1 5:1 5:2 11:1,      9:1 5:2",
    "4, 30, 5, 6:1 5:1 8:2 9:1,       5:1 8:2",
    "4, 30, 11, 11:1 1:1 2:2 6:1,     11:1 2:2",
    "4, 30, 12, 12:1 11:1 1:1 5:1,    12:1",
    "4, 30, 11, 12:1 12:2 11:1,       12:2 11:1",
    "4, 30, 6, 6:1 5:1 11:2 11:1,     6:1 11:2",
    "4, 30, 10, 1:2 2:1 3:1 4:2,      1:2 4:2",
    // 5, new one not on a PC: everything that is not on a PC
    "5, 30, 1, 2:1 5:1 3:1,           2:1 5:1",
    "5, 30, 11, 1:1 11:1 8:1 6:1 7:1, 1:1 11:1 8:1 6:1",
    "5, 30, 12, 1:1 12:1 11:1 3:1,    1:1 12:1 11:1",
    "5, 30, 1, 12:1 3:1,              12:1",
    "5, 30, 10, 1:1 3:1 5:1 4:1,      1:1 5:1",
    // 5, new one on a PC: of all that is not on a PC one stays, Android's newest first
    "5, 30, 3, 1:1 2:2 5:1 3:4,       1:1 5:1",
    "5, 30, 4, 2:2 2:3 1:1,           2:3 1:1",
    "5, 30, 7, 1:3 5:2 11:1,          1:3 5:2",
    "5, 30, 7, 3:1 7:1 7:2,           ''",
    "5, 30, 3, 8:1,                   ''",
  })
  void policyKicks(int policy, int most, int platform, String live, String kicked) {
    assertThat(new LoginPolicy(policy, most).kicked(rows(live), platform))
        .containsExactlyInAnyOrderElementsOf(rows(kicked));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2, 3, 6})
  void whatIsNoPolicyIs500(int number) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> new LoginPolicy(number, 30).kicked(List.of(), 1))
        .matches(failure -> failure.is(ImError.INTERNAL))
        .matches(failure -> failure.detail().equals("unknown multiLogin policy"));
  }

  private static List<TokenRow> rows(String text) {
    List<TokenRow> rows = new ArrayList<>();
    for (String token : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
      String[] parts = token.split(":", -1);
      long age = Long.parseLong(parts[1]);
      rows.add(new TokenRow(Integer.parseInt(parts[0]), token, 0, 1_000 - age, Long.MAX_VALUE, 0));
    }
    return rows;
  }
}
