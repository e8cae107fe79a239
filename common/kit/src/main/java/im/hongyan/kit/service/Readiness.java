package im.hongyan.kit.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/** Which parts of a process are ready to work. Safe for use by several threads. */
public final class Readiness {
  private final Map<String, BooleanSupplier> parts = new ConcurrentSkipListMap<>();

  /** Adds a part; asked often, so the answer must be at hand. */
  public void add(String part, BooleanSupplier ready) {
    parts.put(part, ready);
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
