package im.hongyan.msg.send;

import com.google.protobuf.ByteString;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.msg.MsgConfig;
import im.hongyan.msg.relation.FakeRelation;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relationclient.GroupMember;
import im.hongyan.relationclient.GroupView;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.MessageIds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;

/** Sends in this JVM, with all that they need faked. Its creator closes it. */
final class SendFixture implements AutoCloseable {
  static final long NOW = 1_700_000_000_000L;

  final FakeRelation relation = new FakeRelation();
  final FakeAcceptance lane = new FakeAcceptance();
  final RecordingHooks hooks = new RecordingHooks();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<GroupId, GroupView> groups = new HashMap<>();
  final InProcessLocator locator = new InProcessLocator("msg");
  private final Lifecycle lifecycle = new Lifecycle();
  private final Set<String> adminIds;
  private final Sends sends;

  SendFixture(boolean hooked, Map<String, String> overrides) {
    relation.serve(locator);
    MsgConfig config = MsgConfig.from(Settings.load(Path.of("none"), Map.of(), overrides));
    ServiceContext services =
        new ServiceContext(
            "msg", () -> Instant.ofEpochMilli(NOW), meters, locator, lifecycle, new Readiness());
    adminIds = config.share().admins();
    Relations relations = new Relations(locator, new InvalidatingCache.Versions());
    sends =
        new Sends(
            config.send(),
            adminIds,
            relations,
            id -> Optional.ofNullable(groups.get(id)),
            hooked ? hooks : MessageHooks.NONE,
            lane,
            services);
    SendLimit limit =
        new SendLimit(config.send().concurrentSends(), config.send().concurrentSendBytes(), meters);
    Rpcs rpcs =
        new Rpcs(config.share(), meters)
            .add(
                sends,
                new SimpleSends(sends, relations),
                new StreamedSends(sends, adminIds, limit));
    locator.serve(ServiceName.MSG, rpcs.services());
    List.of("alice", "bob", "carol").forEach(relation::user);
  }

  static SendFixture plain() {
    return new SendFixture(false, Map.of());
  }

  static SendFixture hooked() {
    return new SendFixture(true, Map.of());
  }

  /** A group of these members; their roles by name: owner, admin, or anything else. */
  void group(String id, int status, GroupMember... members) {
    GroupState state = GroupState.newBuilder().setStatus(status).setGroupType(2).build();
    GroupVersion version = GroupVersion.newBuilder().setId("v").setNumber(1).build();
    GroupId groupId = new GroupId(id);
    groups.put(groupId, GroupView.of(groupId, version, state, List.of(members)));
  }

  static GroupMember member(String id, int role, long muteEndMillis) {
    return new GroupMember(id, role, muteEndMillis, 1);
  }

  static MsgData.Builder text(String from, String to) {
    return MsgData.newBuilder()
        .setSendID(from)
        .setRecvID(to)
        .setSessionType(1)
        .setContentType(101)
        .setStatus(1)
        .setClientMsgID(MessageIds.next())
        .setContent(ByteString.copyFromUtf8("{\"content\":\"hello\"}"));
  }

  static MsgData.Builder groupText(String from, String group) {
    return text(from, "").setGroupID(group).setSessionType(3);
  }

  SendMsgResp send(MsgData.Builder message) {
    return as(CallContext.user("op", message.getSendID(), "IOS", "c1"), message.build());
  }

  SendMsgResp sendAsService(MsgData.Builder message) {
    return as(CallContext.service("op"), message.build());
  }

  private SendMsgResp as(CallContext context, MsgData message) {
    Callable<SendMsgResp> call = () -> sends.send(context.caller(adminIds), message).join();
    try {
      return context.toGrpc().call(call);
    } catch (ImException e) {
      throw e;
    } catch (CompletionException e) {
      throw e.getCause() instanceof ImException coded ? coded : e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  double counted(String name) {
    return meters.counter(name).count();
  }

  @Override
  public void close() {
    locator.close();
    lifecycle.close();
  }
}
