package im.hongyan.relation;

import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.relation.user.User;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImException;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * RelationTestServer of rpc-relation behind their guards, with users in memory. Its creator closes
 * it.
 */
public final class RelationTestServer implements AutoCloseable {
  /** The administrator. */
  public static final String ADMIN = "imAdmin";

  /** One of our own services. */
  public static final String SERVICE = "";

  private final ShareConfig share =
      ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
  private final InProcessLocator locator = new InProcessLocator("relation");
  private final List<ServerServiceDefinition> definitions = new ArrayList<>();
  private final Map<String, User> users = new LinkedHashMap<>();

  /** Adds a face. */
  public RelationTestServer with(AuthorisationTable table, BindableService face) {
    definitions.add(
        new RpcGuard(table, share, new SimpleMeterRegistry()).protect(face.bindService()));
    return this;
  }

  /** Serves the faces that were added. */
  public RelationTestServer serve() {
    locator.serve(ServiceName.RELATION, definitions);
    return this;
  }

  /** The administrators. */
  public static Set<String> admins() {
    return Set.of(ADMIN);
  }

  /** Adds users whose nickname tells their id. */
  public RelationTestServer users(String... ids) {
    for (String id : ids) {
      users.put(id, new User(id, "nick " + id, "face " + id, "ex " + id, 0, 0, 1));
    }
    return this;
  }

  /** Finds users. */
  public List<User> find(Collection<String> ids) {
    return users.values().stream().filter(user -> ids.contains(user.userId())).toList();
  }

  /** Calls as a user, or as {@link #SERVICE}. */
  public <A extends Message, B extends Message> B call(
      String userId, MethodDescriptor<A, B> method, A request) {
    CallContext context =
        userId.equals(SERVICE)
            ? CallContext.service("op")
            : CallContext.user("op", userId, "Android", "c");
    try {
      return context.call(
          () -> RpcChannels.call(locator.channel(ServiceName.RELATION), method, request));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** What a call that must fail fails with: code, a blank and the detail. */
  public <A extends Message, B extends Message> String refusal(
      String userId, MethodDescriptor<A, B> method, A request) {
    try {
      B answer = call(userId, method, request);
      throw new AssertionError("answered: " + answer);
    } catch (ImException refused) {
      return (refused.code() + " " + refused.detail()).strip();
    }
  }

  @Override
  public void close() {
    locator.close();
  }
}
