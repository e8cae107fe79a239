package im.hongyan.relationclient;

import com.google.common.collect.Lists;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.groups.ChangesAnswer;
import im.hongyan.proto.groups.ChangesRequest;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.groups.MemberState;
import im.hongyan.proto.groups.VersionsRequest;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.GroupId;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Groups in memory, exact as docs/protocol/group.md says: each look asks for the versions of its
 * groups, and for what has changed where one is not the kept one's. A look so finds every change
 * that was answered before it began.
 *
 * <p>Safe for use by several threads; blocks, so for virtual threads, and within a call ({@link
 * im.hongyan.kit.call.CallContext}). Callers who find the same group outdated share one refresh.
 * Views are kept up to a number of members; the group looked at longest ago goes first.
 */
public final class GroupViewCache {
  private static final int MOST_ASKED = 1_000;

  /** Rounds of reading a group anew before giving up on one that changes all the time. */
  private static final int MOST_ROUNDS = 4;

  /** What a view weighs besides its members. */
  private static final int OWN_WEIGHT = 10;

  private static final GroupVersion NOTHING = GroupVersion.getDefaultInstance();

  private final Supplier<Channel> channel;
  private final long mostWeight;
  private final Map<GroupId, GroupView> kept = new LinkedHashMap<>(64, 0.75f, true);
  private long weight;
  private final Map<GroupId, CompletableFuture<Optional<GroupView>>> refreshes =
      new ConcurrentHashMap<>();

  /**
   * Creates an empty cache.
   *
   * @param channel to rpc-relation
   * @param mostMembers members in all kept groups together, about 130 bytes each; a single group
   *     that is larger is kept alone
   */
  public GroupViewCache(Supplier<Channel> channel, int mostMembers) {
    this.channel = channel;
    mostWeight = mostMembers;
  }

  /**
   * The groups as they are now, by id; one that does not exist is absent.
   *
   * @throws ImException 500 when rpc-relation does not answer
   */
  public Map<GroupId, GroupView> current(Collection<GroupId> groupIds) {
    List<GroupId> ids = List.copyOf(new LinkedHashSet<>(groupIds));
    Map<GroupId, GroupView> views = new HashMap<>();
    for (List<GroupId> asked : Lists.partition(ids, MOST_ASKED)) {
      List<GroupVersion> versions = versions(asked);
      for (int i = 0; i < asked.size(); i++) {
        GroupId id = asked.get(i);
        view(id, versions.get(i)).ifPresent(view -> views.put(id, view));
      }
    }
    return views;
  }

  private List<GroupVersion> versions(List<GroupId> ids) {
    List<GroupVersion> versions =
        call(
                GroupViewsGrpc.getVersionsMethod(),
                VersionsRequest.newBuilder()
                    .addAllGroupIds(Lists.transform(ids, GroupId::value))
                    .build())
            .getVersionsList();
    if (versions.size() != ids.size()) {
      throw new StoreUnavailableException("versions of " + versions.size() + " groups, not of all");
    }
    return versions;
  }

  private Optional<GroupView> view(GroupId id, GroupVersion wanted) {
    if (wanted.getId().isEmpty()) {
      forget(id);
      return Optional.empty();
    }
    // The second refresh that others make began after the version was asked for.
    for (int joined = 0; ; joined++) {
      Optional<GroupView> current = look(id).filter(view -> view.covers(wanted));
      if (current.isPresent()) {
        return current;
      }
      CompletableFuture<Optional<GroupView>> mine = new CompletableFuture<>();
      CompletableFuture<Optional<GroupView>> running = refreshes.putIfAbsent(id, mine);
      if (running == null) {
        return lead(id, mine);
      }
      Optional<GroupView> shared = await(id, running);
      if (joined > 0 || shared.filter(view -> view.covers(wanted)).isPresent()) {
        return shared;
      }
    }
  }

  /** Refreshes the group for all who wait; goes on when the caller's own call is cancelled. */
  private Optional<GroupView> lead(GroupId id, CompletableFuture<Optional<GroupView>> result) {
    Context own = Context.current().fork();
    Context previous = own.attach();
    try {
      Optional<GroupView> read = read(id, look(id).orElse(null));
      read.ifPresentOrElse(this::keep, () -> forget(id));
      result.complete(read);
      return read;
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
      throw e;
    } finally {
      own.detach(previous);
      refreshes.remove(id, result);
      result.completeExceptionally(
          new StoreUnavailableException("reading group " + id + " failed"));
    }
  }

  private static Optional<GroupView> await(
      GroupId id, CompletableFuture<Optional<GroupView>> running) {
    try {
      return running.get(RpcChannels.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    } catch (ExecutionException e) {
      throw new StoreUnavailableException(
          "group " + id + " cannot be read: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new StoreUnavailableException("group " + id + " takes too long to read");
    }
  }

  private Optional<GroupView> read(GroupId id, @Nullable GroupView known) {
    GroupView view = known;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      ChangesAnswer answer = changes(id, view == null ? NOTHING : view.version(), "");
      if (!answer.hasGroup()) {
        return Optional.empty();
      }
      if (!answer.getFull()) {
        if (view == null) {
          throw new StoreUnavailableException("group " + id + ": changes since nothing");
        }
        return Optional.of(
            view.with(
                answer.getVersion(), answer.getGroup(), members(answer), answer.getLeftList()));
      }
      view = rest(id, answer);
    }
    throw new StoreUnavailableException("group " + id + " changes faster than it can be read");
  }

  /**
   * The view behind the first page of a full answer, to be followed by the changes since that page;
   * these say so, too, when the group was made anew between two pages.
   */
  private GroupView rest(GroupId id, ChangesAnswer first) {
    List<GroupMember> members = new ArrayList<>(members(first));
    ChangesAnswer page = first;
    while (page.getMore()) {
      if (page.getMembersCount() == 0) {
        throw new StoreUnavailableException("group " + id + ": an empty page before the last");
      }
      String last = page.getMembers(page.getMembersCount() - 1).getUserId();
      page = changes(id, NOTHING, last);
      members.addAll(members(page));
    }
    return GroupView.of(id, first.getVersion(), first.getGroup(), members);
  }

  private static List<GroupMember> members(ChangesAnswer answer) {
    List<GroupMember> members = new ArrayList<>(answer.getMembersCount());
    for (MemberState state : answer.getMembersList()) {
      members.add(GroupMember.of(state));
    }
    return members;
  }

  private ChangesAnswer changes(GroupId id, GroupVersion known, String after) {
    ChangesRequest.Builder request = ChangesRequest.newBuilder().setGroupId(id.value());
    if (!known.getId().isEmpty()) {
      request.setKnown(known);
    }
    return call(GroupViewsGrpc.getChangesMethod(), request.setAfterUserId(after).build());
  }

  private <A, B> B call(MethodDescriptor<A, B> method, A request) {
    try {
      return RpcChannels.callAsService(channel.get(), method, request);
    } catch (ImException e) {
      if (e.is(ImError.INTERNAL)) {
        throw e;
      }
      throw new StoreUnavailableException(
          "rpc-relation does not report its groups: " + e.detail(), e);
    }
  }

  private synchronized Optional<GroupView> look(GroupId id) {
    return Optional.ofNullable(kept.get(id));
  }

  private synchronized void keep(GroupView view) {
    forget(view.groupId());
    kept.put(view.groupId(), view);
    weight += weight(view);
    var eldest = kept.values().iterator();
    while (weight > mostWeight && kept.size() > 1) {
      weight -= weight(eldest.next());
      eldest.remove();
    }
  }

  private synchronized void forget(GroupId id) {
    GroupView gone = kept.remove(id);
    if (gone != null) {
      weight -= weight(gone);
    }
  }

  private static long weight(GroupView view) {
    return OWN_WEIGHT + (long) view.size();
  }
}
