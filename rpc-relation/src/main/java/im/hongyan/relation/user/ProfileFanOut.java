package im.hongyan.relation.user;

import im.hongyan.wire.id.UserId;

/** Lets others know of changed profiles (rest-account.md 2.4). Safe for use by several threads. */
@FunctionalInterface
public interface ProfileFanOut {
  /**
   * Works off what {@link ProfileChangeRows} has written of a user; blocks. What it cannot finish
   * in time is finished in the background.
   *
   * @param changed whose profile has changed, and is committed
   */
  void run(UserId changed);
}
