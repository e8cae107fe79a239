package im.hongyan.kit.rpc;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What the handler of a call says: the response, or what must happen before there is one. */
public sealed interface Reply<B> {
  /** The response. */
  record Now<B>(B response) implements Reply<B> {}

  /**
   * The call waits, and holds neither a thread nor a place under the limit of its service.
   *
   * @param event which must come to an end, by itself in time; how it ends does not matter
   * @param response called then, within the context of the call; may block and throw as a handler
   */
  record After<B>(CompletionStage<?> event, Supplier<B> response) implements Reply<B> {}
}
