package im.hongyan.relation.version;

/**
 * The version of a list that others keep a copy of (rest-group.md 7.5): with the same id, larger
 * numbers are newer; with another id nothing is known.
 *
 * @param id 24 hexadecimal characters; empty where there is no list
 */
public record LogVersion(String id, long number) {
  /** No list. */
  public static final LogVersion NONE = new LogVersion("", 0);
}
