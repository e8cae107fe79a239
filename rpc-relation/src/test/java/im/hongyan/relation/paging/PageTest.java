package im.hongyan.relation.paging;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.RequestPagination;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves which elements a page by number holds (rest-account.md 0.10). */
class PageTest {
  private static Page page(int number, int size) {
    return Page.of(
        RequestPagination.newBuilder().setPageNumber(number).setShowNumber(size).build());
  }

  @ParameterizedTest
  @CsvSource({"1,2,'[a, b]'", "2,2,[c]", "3,2,[]", "1,3,'[a, b, c]'", "1,0,[]", "2,-1,[]"})
  void aPageHoldsItsPartOfTheList(int number, int size, String elements) {
    assertThat(page(number, size).of(List.of("a", "b", "c"))).hasToString(elements);
  }

  @Test
  void theFarthestPageSkipsMoreThanAnIntHolds() {
    assertThat(page(Integer.MAX_VALUE, 10_000)).isEqualTo(new Page(21_474_836_460_000L, 10_000));
    assertThat(page(Integer.MAX_VALUE, 10_000).of(List.of("a"))).isEmpty();
  }
}
