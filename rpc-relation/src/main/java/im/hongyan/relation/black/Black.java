package im.hongyan.relation.black;

import im.hongyan.wire.id.UserId;

/**
 * A blacklist's entry.
 *
 * @param operatorUserId who made it; empty for one of our services
 */
public record Black(
    UserId ownerUserId,
    UserId blockUserId,
    long createTimeMillis,
    int addSource,
    UserId operatorUserId,
    String ex) {}
