package im.hongyan.wire.id;

/**
 * Id of a group. Immutable value.
 *
 * @param value the id as it goes over the wire; empty where there is no group
 */
public record GroupId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
