package im.hongyan.kit.config;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A value of the settings that may change while the process runs. Whoever uses it asks for it each
 * time. Safe for use by several threads.
 */
public final class Live<T> implements Supplier<T> {
  private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
  private volatile T value;

  private Live(T value) {
    this.value = value;
  }

  /** One that begins with a value. */
  public static <T> Live<T> of(T value) {
    return new Live<>(value);
  }

  /** The value now. */
  @Override
  public T get() {
    return value;
  }

  /** Calls somebody after each change, on the thread that changes it; it must not block. */
  public void onChange(Consumer<T> listener) {
    listeners.add(listener);
  }

  /** Changes the value, by one thread at a time. */
  public void set(T next) {
    if (!next.equals(value)) {
      value = next;
      listeners.forEach(listener -> listener.accept(next));
    }
  }
}
