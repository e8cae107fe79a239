package im.hongyan.standalone.sync;

/**
 * What a device shows of a conversation.
 *
 * @param name remark or nickname of the peer, or name of the group
 * @param newest the newest message: the text of one, else its content type
 */
public record ShownConversation(
    String name, long unread, String newest, boolean pinned, int receiveOption) {}
