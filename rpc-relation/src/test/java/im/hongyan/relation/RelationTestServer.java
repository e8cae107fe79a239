package im.hongyan.relation;

import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import im.hongyan.wire.json.GoJsonWriter;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Some features of rpc-relation behind their guards, as RelationModule serves all of them, with
 * users in memory. Its creator closes it.
 */
public final class RelationTestServer implements UserDirectory, AutoCloseable {
  /** The administrator. */
  public static final String ADMIN = "imAdmin";

  /** One of our own services. */
  public static final String SERVICE = "";

  private final ShareConfig share =
      ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
  private final InProcessLocator locator = new InProcessLocator("relation");
  private final Map<UserId, User> users = new LinkedHashMap<>();

  /** Serves features; called once. */
  public RelationTestServer serve(Feature... features) {
    Rpcs rpcs = new Rpcs(share, new SimpleMeterRegistry()).add(features);
    locator.serve(ServiceName.RELATION, rpcs.services());
    return this;
  }

  /** As above, for features that are made together and others. */
  public RelationTestServer serve(List<Feature> some, Feature... others) {
    return serve(Stream.concat(some.stream(), Stream.of(others)).toArray(Feature[]::new));
  }

  /** Adds users whose nickname names their id. */
  public RelationTestServer users(String... ids) {
    for (String id : ids) {
      UserId user = new UserId(id);
      users.put(user, new User(user, "nick " + id, "face " + id, "ex " + id, 0, 0, 1));
    }
    return this;
  }

  @Override
  public List<User> find(Collection<UserId> ids) {
    return users.values().stream().filter(user -> ids.contains(user.userId())).toList();
  }

  /** Calls as a user, or as {@link #SERVICE}. */
  public <A extends Message, B extends Message> B call(
      String userId, MethodDescriptor<A, B> method, A request) {
    CallContext context =
        userId.equals(SERVICE)
            ? CallContext.service("op")
            : CallContext.user("op", userId, "Android", "c");
    return context.call(
        () -> RpcChannels.call(locator.channel(ServiceName.RELATION), method, request));
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

  /**
   * What REST answers to a body: the data, or code, blank and detail of the refusal; of a body that
   * is no JSON of the request, the code alone.
   */
  public <A extends Message, B extends Message> String rest(
      String userId, MethodDescriptor<A, B> method, String body) {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<A>) method.getRequestMarshaller();
    A prototype = Objects.requireNonNull(marshaller.getMessagePrototype());
    try {
      byte[] json = body.getBytes(StandardCharsets.UTF_8);
      return GoJsonWriter.toText(call(userId, method, GoJsonReader.readRequest(json, prototype)));
    } catch (ImException refused) {
      return (refused.code() + " " + refused.detail()).strip();
    } catch (GoJsonException e) {
      return "1001";
    }
  }

  @Override
  public void close() {
    locator.close();
  }
}
