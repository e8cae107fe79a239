package im.hongyan.wire.authz;

import java.util.List;

/**
 * What a method asks of its caller; one entry of the {@link AuthorisationTable}. The words follow
 * rest-account.md: Open, Any, Admin, Self(x) and OneOf(x,y). Administrators and our own services
 * pass every entry but {@link Internal}, which only services pass.
 */
public sealed interface Access {
  /** No token needed. */
  record Anonymous() implements Access {}

  /** Any valid token. */
  record AnyUser() implements Access {}

  /** An IM administrator. */
  record AppAdmin() implements Access {}

  /** Only our own services; never reachable from outside. */
  record Internal() implements Access {}

  /**
   * The caller's id equals one of these request fields, each a dotted path such as {@code
   * msgData.sendID}.
   */
  record Self(List<String> fields) implements Access {
    /** Copies the list. */
    public Self {
      fields = List.copyOf(fields);
      if (fields.isEmpty()) {
        throw new IllegalArgumentException("Self needs a field");
      }
    }
  }

  /** A role in the group that the field names; the service, which has the rows, decides. */
  record GroupRole(Role role, String groupField) implements Access {}

  /** A participant of the conversation that the field names; the service decides. */
  record Participant(String conversationField) implements Access {}

  /** Roles in a group, the weakest first. */
  enum Role {
    MEMBER,
    ADMIN,
    OWNER
  }

  /** No token needed. */
  static Access anonymous() {
    return new Anonymous();
  }

  /** Any valid token. */
  static Access anyUser() {
    return new AnyUser();
  }

  /** An IM administrator. */
  static Access appAdmin() {
    return new AppAdmin();
  }

  /** Only our own services. */
  static Access internal() {
    return new Internal();
  }

  /** The caller is the user in one of these request fields. */
  static Access self(String... fields) {
    return new Self(List.of(fields));
  }

  /** The caller has at least this role in the group. */
  static Access groupRole(Role role, String groupField) {
    return new GroupRole(role, groupField);
  }

  /** The caller takes part in the conversation. */
  static Access participant(String conversationField) {
    return new Participant(conversationField);
  }
}
