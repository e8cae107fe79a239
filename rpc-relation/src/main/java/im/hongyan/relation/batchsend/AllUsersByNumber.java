package im.hongyan.relation.batchsend;

import im.hongyan.relation.paging.Page;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * All users in the order of their registration, whose numbers have no gaps.
 *
 * @param count how many there are
 * @param pages their ids in that order
 */
public record AllUsersByNumber(LongSupplier count, Function<Page, List<UserId>> pages) {
  /** How many there are. */
  long total() {
    return count.getAsLong();
  }

  /** Those behind a number; the first has 1. */
  List<UserId> after(long number, int most) {
    return pages.apply(new Page(number, most));
  }
}
