package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.wire.notification.Notification;
import java.util.List;

/** Makes the notifications of stored requests; must not block. */
@FunctionalInterface
public interface RequestNotifications {
  /** Those of these requests, called while the group's row is locked. */
  List<Notification> of(GroupInfo group, List<JoinRequest> stored);
}
