package im.hongyan.wire.bounds;

import im.hongyan.wire.error.ImError;

/**
 * Counts the elements of lists and maps of one request while it is read, before each is made. Used
 * by one thread.
 */
public final class ElementCount {
  /** Elements of all lists and maps of a request together. */
  public static final int MAX_ELEMENTS = 20_000;

  private final boolean bounded;
  private int elements;

  private ElementCount(boolean bounded) {
    this.bounded = bounded;
  }

  /** For a request. */
  public static ElementCount ofRequest() {
    return new ElementCount(true);
  }

  /** For what is not a request, such as an answer that a client reads: nothing is refused. */
  public static ElementCount unbounded() {
    return new ElementCount(false);
  }

  /**
   * Counts elements that are to be added to a list.
   *
   * @param before elements that the list has already
   * @param more elements to come
   * @throws im.hongyan.wire.error.ImException the bound's refusal, or 1001 when the request has too
   *     many in all
   */
  public void add(ListBound bound, int before, int more) {
    if (!bounded) {
      return;
    }
    if (more > bound.maxItems() - before) {
      throw bound.refusal();
    }
    elements += more;
    if (elements > MAX_ELEMENTS || elements < 0) {
      throw ImError.ARGS.with("request has more than " + MAX_ELEMENTS + " elements");
    }
  }
}
