package im.hongyan.kit.call;

/**
 * A body that returns or throws, with the type of what it throws; a lambda that throws nothing
 * checked needs no catch around it.
 */
@FunctionalInterface
public interface ThrowingSupplier<T, E extends Exception> {
  /**
   * Does what it is for.
   *
   * @throws E what the body throws
   */
  T call() throws E;
}
