package im.hongyan.kit.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves the order of leaving: drains first, then parts, each the newest first and each once. */
class LifecycleTest {
  private final List<String> done = new ArrayList<>();
  private final Lifecycle lifecycle = new Lifecycle();

  @Test
  void drainsRunBeforePartsTheNewestFirst() {
    lifecycle.add("a", () -> done.add("close a"));
    lifecycle.addDrain("a", () -> done.add("drain a"));
    lifecycle.add("b", () -> done.add("close b"));
    lifecycle.addDrain("b", () -> done.add("drain b"));
    lifecycle.drain();
    assertThat(done).containsExactly("drain b", "drain a");
    lifecycle.close();
    lifecycle.drain();
    lifecycle.close();
    assertThat(done).containsExactly("drain b", "drain a", "close b", "close a");
  }

  @Test
  void oneThatFailsDoesNotKeepTheOthers() {
    lifecycle.addDrain("a", () -> done.add("a"));
    lifecycle.addDrain(
        "b",
        () -> {
          throw new IllegalStateException("b");
        });
    lifecycle.drain();
    assertThat(done).containsExactly("a");
  }

  @Test
  void aDrainMayUseTheLifecycle() {
    lifecycle.addDrain("a", () -> lifecycle.add("late", () -> done.add("close late")));
    lifecycle.drain();
    lifecycle.close();
    assertThat(done).containsExactly("close late");
  }
}
