package im.hongyan.server;

import im.hongyan.kit.call.CallContext;

/** Somebody who calls an RPC in {@link CallerMatrixTest}. */
enum Player {
  NO_TOKEN(""),
  STRANGER("stranger"),
  SELF("self"),
  MEMBER("member"),
  GROUP_ADMIN("groupAdmin"),
  OWNER("owner"),
  APP_ADMIN("imAdmin"),
  SERVICE("");

  private final String userId;

  Player(String userId) {
    this.userId = userId;
  }

  String userId() {
    return userId;
  }

  CallContext context() {
    return this == SERVICE
        ? CallContext.service("matrix")
        : CallContext.user("matrix", userId, "IOS", "");
  }

  /** The role in the group of the requests, as the protocol counts it. */
  int role() {
    return switch (this) {
      case MEMBER -> 20;
      case GROUP_ADMIN -> 60;
      case OWNER -> 100;
      case NO_TOKEN, STRANGER, SELF, APP_ADMIN, SERVICE -> 0;
    };
  }

  static int roleOf(String userId) {
    for (Player player : values()) {
      if (player.userId.equals(userId)) {
        return player.role();
      }
    }
    return 0;
  }
}
