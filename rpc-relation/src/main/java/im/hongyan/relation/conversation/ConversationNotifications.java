package im.hongyan.relation.conversation;

import im.hongyan.proto.sdkws.ConversationSetPrivateTips;
import im.hongyan.proto.sdkws.ConversationUpdateTips;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;

/** The notifications of changed conversations (notifications.md 7). Stateless. */
public final class ConversationNotifications {
  private ConversationNotifications() {}

  /** 1300, to the owner's devices. */
  public static Notification changed(UserId owner, ConversationId id, long nowMillis) {
    ConversationUpdateTips tips =
        ConversationUpdateTips.newBuilder()
            .setUserID(owner.value())
            .addConversationIDList(id.value())
            .build();
    return Notification.of(NotificationType.CONVERSATION_CHANGED, tips, nowMillis)
        .toUser(owner.value(), owner.value());
  }

  /** 1701, from the owner to the peer. */
  static Notification privateChat(
      UserId owner, UserId peer, ConversationId id, boolean on, long nowMillis) {
    ConversationSetPrivateTips tips =
        ConversationSetPrivateTips.newBuilder()
            .setRecvID(peer.value())
            .setSendID(owner.value())
            .setIsPrivate(on)
            .setConversationID(id.value())
            .build();
    return Notification.of(NotificationType.PRIVATE_CHAT_SET, tips, nowMillis)
        .toUser(owner.value(), peer.value());
  }
}
