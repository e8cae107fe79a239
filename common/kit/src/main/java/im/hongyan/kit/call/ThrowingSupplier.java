package im.hongyan.kit.call;

import java.util.concurrent.Callable;

/**
 * A body that returns or throws, with the type of what it throws; a lambda that throws nothing
 * checked needs no catch around it.
 */
@FunctionalInterface
public interface ThrowingSupplier<T, E extends Exception> extends Callable<T> {
  @Override
  T call() throws E;
}
