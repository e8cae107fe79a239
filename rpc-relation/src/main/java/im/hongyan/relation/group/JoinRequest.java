package im.hongyan.relation.group;

/** A request to enter a group that nobody has answered. */
public record JoinRequest(
    String groupId,
    String userId,
    String message,
    long timeMillis,
    int source,
    String inviterUserId,
    String ex) {}
