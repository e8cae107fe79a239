package im.hongyan.relation.group;

import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;

/** A request to enter a group that nobody has answered. */
public record JoinRequest(
    GroupId groupId,
    UserId userId,
    String message,
    long timeMillis,
    int source,
    UserId inviterUserId,
    String ex) {}
