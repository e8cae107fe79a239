package im.hongyan.messagelog.lane;

import java.util.function.Consumer;

/** The conversations that an installation has, of all lanes. Safe for use by several threads. */
@FunctionalInterface
public interface Conversations {
  /** Hands over each id that history or a user's list of conversations knows, in any order. */
  void each(Consumer<String> sink);
}
