package im.hongyan.kit.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Which parts of a process are ready to work. Safe for use by several threads. */
public final class Readiness {
  private final Map<String, BooleanSupplier> parts = new ConcurrentSkipListMap<>();
  private final Map<String, Supplier<String>> reasons = new ConcurrentSkipListMap<>();

  /** Adds a part; asked often, so the answer must be at hand. */
  public void add(String part, BooleanSupplier ready) {
    parts.put(part, ready);
  }

  /**
   * Adds a part that says why it is not ready.
   *
   * @param reason what an operator must know; empty where the part only needs time
   */
  public void add(String part, BooleanSupplier ready, Supplier<String> reason) {
    reasons.put(part, reason);
    add(part, ready);
  }

  /** Why a part is not ready, as far as it says so; empty else. */
  public String reason(String part) {
    Supplier<String> reason = reasons.get(part);
    return reason == null ? "" : reason.get();
  }

  /** Whether every part is ready. */
  public boolean ready() {
    return parts.values().stream().allMatch(BooleanSupplier::getAsBoolean);
  }

  /** Each part and whether it is ready, by name. */
  public Map<String, Boolean> states() {
    Map<String, Boolean> states = new TreeMap<>();
    parts.forEach((name, ready) -> states.put(name, ready.getAsBoolean()));
    return states;
  }
}
