package im.hongyan.standalone.sync;

import java.util.List;

/**
 * What a device shows of a conversation that it has paged through.
 *
 * @param messages a line for each message that shows, oldest first
 */
public record OpenedConversation(long unread, List<String> messages) {}
