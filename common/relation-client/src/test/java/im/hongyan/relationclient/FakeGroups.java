package im.hongyan.relationclient;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.groups.ChangesAnswer;
import im.hongyan.proto.groups.ChangesRequest;
import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.groups.MemberState;
import im.hongyan.proto.groups.VersionsAnswer;
import im.hongyan.proto.groups.VersionsRequest;
import im.hongyan.wire.error.ImException;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * hongyan.groups.GroupViews of groups in memory, behind a real gRPC server within the JVM; answers
 * as rpc-relation does, in pages of a few members. Safe for use by several threads.
 */
public final class FakeGroups implements AutoCloseable {
  private static final int PAGE = 400;
  private static final int MOST_CHANGES = 1_000;

  private final Map<String, Stored> groups = new HashMap<>();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Server server;
  private final ManagedChannel channel;
  private volatile Runnable beforeEachAnswer = () -> {};
  private volatile boolean away;

  private static final class Stored {
    final String versionId = UUID.randomUUID().toString();
    final TreeMap<String, MemberState> members = new TreeMap<>();
    final Map<String, Long> changed = new HashMap<>();
    long number;
    int status;
  }

  public FakeGroups() {
    String name = UUID.randomUUID().toString();
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    Rpcs rpcs = new Rpcs(share, new SimpleMeterRegistry()).add(this::register);
    try {
      server =
          InProcessServerBuilder.forName(name)
              .executor(Executors.newVirtualThreadPerTaskExecutor())
              .addServices(rpcs.services())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).intercept(RpcChannels.interceptors()).build();
  }

  /** The channel to it. */
  public Channel channel() {
    return channel;
  }

  /** Lets users come into a group, which is made where there is none. */
  public synchronized void enter(String groupId, List<String> userIds) {
    userIds.forEach(userId -> change(groupId, userId, 20, 0));
  }

  /** Sets what a member is. */
  public synchronized void change(String groupId, String userId, int role, long muteEndMillis) {
    Stored group = groups.computeIfAbsent(groupId, id -> new Stored());
    group.number++;
    MemberState before = group.members.get(userId);
    group.members.put(
        userId,
        MemberState.newBuilder()
            .setUserId(userId)
            .setRoleLevel(role)
            .setMuteEndMillis(muteEndMillis)
            .setJoinVersion(before == null ? group.number : before.getJoinVersion())
            .build());
    group.changed.put(userId, group.number);
  }

  /** Lets a member leave. */
  public synchronized void leave(String groupId, String userId) {
    Stored group = Objects.requireNonNull(groups.get(groupId));
    group.members.remove(userId);
    group.changed.put(userId, ++group.number);
  }

  /** Sets the group's status. */
  public synchronized void status(String groupId, int status) {
    Stored group = Objects.requireNonNull(groups.get(groupId));
    group.number++;
    group.status = status;
  }

  /** There is no such group any more. */
  public synchronized void remove(String groupId) {
    groups.remove(groupId);
  }

  /** Runs before each answer is made, on the server's thread. */
  public void beforeEachAnswer(Runnable action) {
    beforeEachAnswer = action;
  }

  /** Does not answer, or does again. */
  public void away(boolean isAway) {
    away = isAway;
  }

  /** The calls since the last look: {@code versions 3}, {@code changes g}. */
  public List<String> calls() {
    List<String> seen = List.copyOf(calls);
    calls.clear();
    return seen;
  }

  private void register(Rpcs rpcs) {
    rpcs.unary(
        GroupViewsGrpc.getVersionsMethod(),
        (caller, request) -> {
          calls.add("versions " + request.getGroupIdsCount());
          return versions(request);
        });
    rpcs.unary(
        GroupViewsGrpc.getChangesMethod(),
        (caller, request) -> {
          calls.add("changes " + request.getGroupId());
          return changes(request);
        });
  }

  private void before() {
    beforeEachAnswer.run();
    if (away) {
      throw ImException.internal("the database is away", null);
    }
  }

  private VersionsAnswer versions(VersionsRequest request) {
    before();
    VersionsAnswer.Builder answer = VersionsAnswer.newBuilder();
    synchronized (this) {
      request.getGroupIdsList().forEach(id -> answer.addVersions(version(groups.get(id))));
    }
    return answer.build();
  }

  private static GroupVersion version(@Nullable Stored group) {
    return group == null
        ? GroupVersion.getDefaultInstance()
        : GroupVersion.newBuilder().setId(group.versionId).setNumber(group.number).build();
  }

  private ChangesAnswer changes(ChangesRequest request) {
    before();
    synchronized (this) {
      Stored group = groups.get(request.getGroupId());
      ChangesAnswer.Builder answer = ChangesAnswer.newBuilder().setVersion(version(group));
      if (group == null) {
        return answer.setFull(true).build();
      }
      answer.setGroup(
          GroupState.newBuilder()
              .setStatus(group.status)
              .setGroupType(2)
              .setMemberCount(group.members.size()));
      long known = request.getKnown().getNumber();
      TreeSet<String> changed = new TreeSet<>();
      group.changed.forEach((userId, at) -> {
        if (at > known) {
          changed.add(userId);
        }
      });
      boolean follows =
          request.getKnown().getId().equals(group.versionId)
              && request.getAfterUserId().isEmpty()
              && changed.size() <= MOST_CHANGES;
      return follows ? delta(group, changed, answer) : page(group, request, answer);
    }
  }

  private static ChangesAnswer delta(
      Stored group, Set<String> changed, ChangesAnswer.Builder answer) {
    for (String userId : changed) {
      MemberState member = group.members.get(userId);
      if (member == null) {
        answer.addLeft(userId);
      } else {
        answer.addMembers(member);
      }
    }
    return answer.build();
  }

  private static ChangesAnswer page(
      Stored group, ChangesRequest request, ChangesAnswer.Builder answer) {
    var rest = group.members.tailMap(request.getAfterUserId(), false);
    rest.values().stream().limit(PAGE).forEach(answer::addMembers);
    return answer.setFull(true).setMore(rest.size() > PAGE).build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
