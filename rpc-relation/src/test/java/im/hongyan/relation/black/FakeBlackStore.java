package im.hongyan.relation.black;

import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.List;

/** Blacklists in memory; safe for use by several threads. */
final class FakeBlackStore implements BlackStore {
  private final List<Black> blacks = new ArrayList<>();
  private final List<Notification> told = new ArrayList<>();

  synchronized List<Black> blacks() {
    return List.copyOf(blacks);
  }

  synchronized List<Notification> told() {
    return List.copyOf(told);
  }

  @Override
  public synchronized boolean contains(String ownerUserId, String userId) {
    return blacks.stream()
        .anyMatch(b -> b.ownerUserId().equals(ownerUserId) && b.blackUserId().equals(userId));
  }

  @Override
  public synchronized boolean add(Black black, Notification notification) {
    if (contains(black.ownerUserId(), black.blackUserId())) {
      return false;
    }
    blacks.add(black);
    told.add(notification);
    return true;
  }
}
