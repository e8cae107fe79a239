package im.hongyan.relation.outbox;

/** Wakes whoever sends notifications. Safe for use by several threads. */
@FunctionalInterface
public interface OutboxSignal {
  /** Says that notifications were written and committed. */
  void wake();
}
