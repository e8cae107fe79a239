package im.hongyan.relation.group;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.DismissGroupReq;
import im.hongyan.proto.group.DismissGroupResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The end of groups (rest-group.md 7.4, 8.18). The status is set, 1511 sent and the rest written
 * down in one transaction. The members' lists of groups are updated within the request while it
 * lasts, then in the background; an hour later the members are removed, so that 1511 has reached
 * all who were members. Every rpc-relation runs it. Safe for use by several threads; its creator
 * closes it.
 */
public final class GroupDismissals implements Feature, AutoCloseable {
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(3);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** More than a push of 1511 takes, also after a store was away for a while. */
  private static final Duration MEMBERS_STAY = Duration.ofHours(1);

  private static final int GROUPS_A_ROUND = 20;

  private final GroupChanges changes;
  private final GroupDismissalStore jobs;
  private final GroupHooks hooks;
  private final InstantSource clock;
  private final Periodic periodic;

  private GroupDismissals(
      GroupChanges changes,
      GroupDismissalStore jobs,
      GroupHooks hooks,
      InstantSource clock,
      MeterRegistry meters) {
    this.changes = changes;
    this.jobs = jobs;
    this.hooks = hooks;
    this.clock = clock;
    periodic = Periodic.every(PAUSE, "group-dismissals", meters, this::finishOthers);
  }

  /** Starts it. */
  public static GroupDismissals start(
      GroupChanges changes,
      GroupDismissalStore jobs,
      GroupHooks hooks,
      InstantSource clock,
      MeterRegistry meters) {
    return new GroupDismissals(changes, jobs, hooks, clock, meters);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getDismissGroupMethod(), this::dismiss);
  }

  /** With {@code deleteMember}, which tools of the reference use, nobody is notified. */
  private DismissGroupResp dismiss(Caller caller, DismissGroupReq request) {
    GroupInfo dismissed =
        changes.makeAny(
            request.getGroupID(),
            (group, now) -> {
              GroupInfo info = group.info();
              if (info.getOwnerUserID().isEmpty()) {
                throw ImError.RECORD_NOT_FOUND.bare();
              }
              if (info.getStatus() == GroupStatus.DISMISSED && !request.getDeleteMember()) {
                throw ImError.DISMISSED_ALREADY.with("group status is dismissed");
              }
              GroupInfo after = info.toBuilder().setStatus(GroupStatus.DISMISSED).build();
              LogVersion _ = group.save(after);
              group.dismiss(request.getDeleteMember() ? now : now + MEMBERS_STAY.toMillis());
              if (!request.getDeleteMember()) {
                Optional<Boolean> sendMessage =
                    request.hasSendMessage()
                        ? Optional.of(request.getSendMessage())
                        : Optional.empty();
                group.send(
                    List.of(
                        changes.notifications(caller, group, now).dismissed(after, sendMessage)));
              }
              return after;
            });
    finish(new GroupId(request.getGroupID()), request.getDeleteMember());
    hooks.afterDismissGroup(request.getGroupID(), dismissed.getOwnerUserID());
    return DismissGroupResp.getDefaultInstance();
  }

  /** What a request does of it; the rest follows in the background. */
  private void finish(GroupId id, boolean removes) {
    long end = System.nanoTime() + REQUEST_LIMIT.toNanos();
    boolean listed = true;
    while (listed && System.nanoTime() - end < 0) {
      listed = jobs.updateListsStep(id, clock.millis());
    }
    boolean more = removes && !listed;
    while (more && System.nanoTime() - end < 0) {
      more = jobs.removeStep(id, clock.millis());
    }
  }

  /** Works off what is left behind, and removes members whose time has come. */
  void finishOthers() {
    for (GroupId id : jobs.withOpenLists(GROUPS_A_ROUND)) {
      boolean more = true;
      while (more) {
        more = jobs.updateListsStep(id, clock.millis());
      }
    }
    for (GroupId id : jobs.removable(clock.millis(), GROUPS_A_ROUND)) {
      boolean more = true;
      while (more) {
        more = jobs.removeStep(id, clock.millis());
      }
    }
  }

  @Override
  public void close() {
    periodic.close();
  }
}
