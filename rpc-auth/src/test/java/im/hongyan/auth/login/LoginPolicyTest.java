package im.hongyan.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves the table of rest-account.md 1.3: which tokens a new login ends. */
class LoginPolicyTest {
  /** Tokens are written as platform:age, the newest having age 1; kicked ones likewise. */
  @ParameterizedTest
  @CsvSource({
    "0, 1, 1:1 1:2, 1:1 1:2 1:3",
    "1, 1, 1:1 1:2, 1:1 1:2",
    "1, 1, 2:1 2:2 5:1, 2:2",
    "1, 3, 1:1 2:1 7:1, ''",
    "4, 1, 2:1 3:1 7:2, 2:1 7:2",
    "4, 8, 9:1 5:1 5:2 11:1, 9:1 5:2",
    "5, 1, 2:1 5:1 3:1 10:1, 2:1 5:1 10:1",
    "5, 3, 1:1 2:2 5:1 3:4, 1:1 5:1",
    "5, 7, 3:1 7:1, ''",
  })
  void policyKicks(int policy, int platform, String live, String kicked) {
    int most = policy == 0 ? 1 : 30;
    List<TokenRow> rows = rows(policy == 0 ? live + " 1:3" : live);
    assertThat(new LoginPolicy(policy, most).kicked(rows, platform))
        .containsExactlyInAnyOrderElementsOf(rows(kicked));
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
