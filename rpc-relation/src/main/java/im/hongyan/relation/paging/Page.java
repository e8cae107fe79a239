package im.hongyan.relation.paging;

import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.wire.error.ImError;
import java.util.List;

/**
 * Which part of a list is asked for (rest-account.md 0.10). The .proto has checked that a page is
 * named and that it is not too large.
 *
 * @param offset rows before the page
 * @param limit rows of the page; 0 asks for the total alone
 */
public record Page(long offset, int limit) {
  private static final int MAX_LIMIT = 10_000;

  /** The page of a request. */
  public static Page of(RequestPagination pagination) {
    int limit = Math.max(0, pagination.getShowNumber());
    return new Page((pagination.getPageNumber() - 1L) * limit, limit);
  }

  /**
   * The page of a request that may leave it out, so that the .proto cannot check it.
   *
   * @throws im.hongyan.wire.error.ImException 1001 for a page that does not exist or is too large
   */
  public static Page checked(RequestPagination pagination) {
    if (pagination.getPageNumber() < 1) {
      throw ImError.ARGS.with("pageNumber is invalid");
    }
    if (pagination.getShowNumber() > MAX_LIMIT) {
      throw ImError.ARGS.with("showNumber is more than " + MAX_LIMIT);
    }
    return of(pagination);
  }

  /** Whether no row is asked for. */
  public boolean isEmpty() {
    return limit == 0;
  }

  /** The page's rows of a list that is whole. */
  public <T> List<T> of(List<T> all) {
    int from = (int) Math.min(offset, all.size());
    return all.subList(from, Math.min(from + limit, all.size()));
  }
}
