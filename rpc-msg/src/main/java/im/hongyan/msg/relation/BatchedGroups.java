package im.hongyan.msg.relation;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.limit.Batcher;
import im.hongyan.relationclient.GroupView;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.Context;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Asks for groups in batches: what is asked while one question is under way is the next one, so
 * that each answer is younger than its question. One virtual thread asks. Its creator closes it.
 */
public final class BatchedGroups implements Groups, AutoCloseable {
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_BATCH = 500;
  private static final String OPERATION = "groups";

  private final Function<Collection<String>, Map<String, GroupView>> source;
  private final Batcher<Waiting> questions;

  private record Waiting(String groupId, CompletableFuture<Optional<GroupView>> answer) {}

  /**
   * Begins.
   *
   * @param source the groups of these ids as they are now; those that are not there are left out
   */
  public BatchedGroups(Function<Collection<String>, Map<String, GroupView>> source) {
    this.source = source;
    questions = new Batcher<>("groups", MAX_WAITING, MAX_BATCH, new Asking()).start();
  }

  @Override
  public Optional<GroupView> find(String groupId) {
    Waiting waiting = new Waiting(groupId, new CompletableFuture<>());
    if (!questions.offer(waiting)) {
      throw ImError.TOO_MANY_REQUESTS.with("too many sends to groups wait");
    }
    try {
      return waiting.answer().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ImException coded
          ? coded
          : ImException.internal("groups were not found out", e);
    }
  }

  private final class Asking implements Batcher.Handler<Waiting> {
    @Override
    public void handle(List<Waiting> batch) {
      Set<String> ids = new LinkedHashSet<>();
      batch.forEach(waiting -> ids.add(waiting.groupId()));
      Context service = CallContext.service(OPERATION).toGrpc();
      Context previous = service.attach();
      try {
        Map<String, GroupView> found = source.apply(ids);
        batch.forEach(waiting ->
            waiting.answer().complete(Optional.ofNullable(found.get(waiting.groupId()))));
      } finally {
        service.detach(previous);
      }
    }

    @Override
    public void failed(List<Waiting> batch, RuntimeException failure) {
      batch.forEach(waiting -> waiting.answer().completeExceptionally(failure));
    }

    @Override
    public void closed(List<Waiting> rest) {
      failed(rest, ImException.internal("the service ends"));
    }
  }

  @Override
  public void close() {
    questions.close();
  }
}
