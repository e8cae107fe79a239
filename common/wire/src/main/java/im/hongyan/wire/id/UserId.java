package im.hongyan.wire.id;

/**
 * Id of a user. Immutable value.
 *
 * @param value the id as it goes over the wire; empty where there is no user
 */
public record UserId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
