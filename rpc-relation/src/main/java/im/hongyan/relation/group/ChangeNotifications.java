package im.hongyan.relation.group;

import im.hongyan.wire.notification.Notification;
import java.util.List;

/** Makes the notifications of a change of members; must not block. */
@FunctionalInterface
public interface ChangeNotifications {
  /** Those of this change, called while the group's row is locked. */
  List<Notification> of(Change change);
}
