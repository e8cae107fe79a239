package im.hongyan.relation.outbox;

import im.hongyan.wire.notification.Notification;
import java.util.List;

/** Proves that the fake keeps the promises of the real store. */
class FakeOutboxStoreTest extends OutboxStoreContract {
  private final FakeOutboxStore store = new FakeOutboxStore();

  @Override
  protected OutboxStore store() {
    return store;
  }

  @Override
  protected void append(List<Notification> notifications) {
    store.append(notifications);
  }

  @Override
  protected int deadLetters(String conversationId) {
    return store.deadLetters().size();
  }
}
