package im.hongyan.gatewayhttp.openapi;

import im.hongyan.proto.options.Access;
import java.util.List;
import java.util.stream.Collectors;

/** Who may call a route, in words for the OpenAPI document (rest-account.md 0.9). Stateless. */
final class Rights {
  private Rights() {}

  /** A sentence. */
  static String describe(Access access) {
    return switch (access.getIs()) {
      case ANONYMOUS -> "Rights: anybody, without a token.";
      case ANY_USER -> "Rights: every user.";
      case APP_ADMIN -> "Rights: app administrators.";
      case INTERNAL, UNRECOGNIZED -> throw new IllegalArgumentException("not for clients");
      case NOT_SAID -> "Rights: " + whom(access) + ", and app administrators.";
    };
  }

  private static String whom(Access access) {
    if (access.getSelfCount() > 0) {
      String orEmpty = access.getSelfOrEmpty() ? ", or every user where it is empty" : "";
      return "the user that is named in " + names(access.getSelfList()) + orEmpty;
    }
    if (!access.getParticipant().isEmpty()) {
      return "whoever takes part in the conversation `" + access.getParticipant() + "`";
    }
    String role =
        switch (access.getGroupRole()) {
          case MEMBER -> "members";
          case ADMIN -> "the owner and administrators";
          case OWNER -> "the owner";
          case NO_ROLE, UNRECOGNIZED -> throw new IllegalArgumentException("no rights are said");
        };
    return role + " of the group `" + access.getGroup() + "`";
  }

  private static String names(List<String> fields) {
    return fields.stream().map(field -> "`" + field + "`").collect(Collectors.joining(" or "));
  }
}
