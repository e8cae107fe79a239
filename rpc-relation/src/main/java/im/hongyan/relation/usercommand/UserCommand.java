package im.hongyan.relation.usercommand;

import im.hongyan.wire.id.UserId;

/**
 * One entry of a user's lists.
 *
 * @param type which list
 * @param uuid the entry's key, of which a list may have several
 */
public record UserCommand(
    UserId userId, int type, String uuid, String value, String ex, long createTimeSeconds) {}
