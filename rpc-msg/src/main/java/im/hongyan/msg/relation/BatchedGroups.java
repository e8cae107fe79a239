package im.hongyan.msg.relation;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.limit.Batcher;
import im.hongyan.relationclient.GroupView;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.GroupId;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Looks groups up in batches: what is asked for while one look-up is under way is the next one, so
 * that each answer is younger than its question. One virtual thread looks up. Its creator closes
 * it.
 */
public final class BatchedGroups implements Groups, AutoCloseable {
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_BATCH = 500;
  private static final String OPERATION = "groups";

  /** A look-up under way and the next one end before this, or rpc-relation is away. */
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final Function<Collection<GroupId>, Map<GroupId, GroupView>> source;
  private final Batcher<LookUp> lookUps;

  private record LookUp(GroupId groupId, CompletableFuture<Optional<GroupView>> group) {}

  /**
   * Begins.
   *
   * @param source the groups of these ids as they are now; those that do not exist are left out
   */
  public BatchedGroups(Function<Collection<GroupId>, Map<GroupId, GroupView>> source) {
    this.source = source;
    lookUps = new Batcher<>("groups", MAX_WAITING, MAX_BATCH, new LookingUp()).start();
  }

  @Override
  public Optional<GroupView> find(GroupId groupId) {
    LookUp lookUp = new LookUp(groupId, new CompletableFuture<>());
    if (!lookUps.offer(lookUp)) {
      throw ImError.TOO_MANY_REQUESTS.with("too many sends to groups wait");
    }
    try {
      return lookUp.group().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ImException coded
          ? coded
          : new StoreUnavailableException("groups were not found out", e);
    } catch (TimeoutException e) {
      throw new StoreUnavailableException("groups were not found out in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
  }

  private final class LookingUp implements Batcher.Handler<LookUp> {
    @Override
    public void handle(List<LookUp> batch) {
      Set<GroupId> ids = new LinkedHashSet<>();
      batch.forEach(lookUp -> ids.add(lookUp.groupId()));
      CallContext.service(OPERATION)
          .toGrpc()
          .run(() -> {
            Map<GroupId, GroupView> found = source.apply(ids);
            batch.forEach(lookUp ->
                lookUp.group().complete(Optional.ofNullable(found.get(lookUp.groupId()))));
          });
    }

    @Override
    public void failed(List<LookUp> batch, RuntimeException failure) {
      batch.forEach(lookUp -> lookUp.group().completeExceptionally(failure));
    }

    @Override
    public void closed(List<LookUp> rest) {
      failed(rest, new StoreUnavailableException("the service ends"));
    }
  }

  /** Whether groups are looked up. */
  public boolean isRunning() {
    return lookUps.isRunning();
  }

  @Override
  public void close() {
    lookUps.close();
  }
}
