package im.hongyan.kit.rpc;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.proto.Declarations;
import im.hongyan.wire.authz.AccessRule;
import im.hongyan.wire.authz.GroupRoles;
import im.hongyan.wire.authz.Participants;
import im.hongyan.wire.error.ImError;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The RPCs that a process answers, a row for each, collected from its features. What runs before a
 * handler follows from the options in the .proto (hongyan/options.proto): {@link UnaryCallHandler}
 * has the order. Used by one thread at the start, which every mistake stops.
 */
public final class Rpcs {
  /** Makes what gRPC serves, once the look-ups of all features are known. */
  @FunctionalInterface
  private interface Row {
    ServerMethodDefinition<?, ?> build();
  }

  private final Set<String> adminIds;
  private final int maxConcurrentCalls;
  private final MeterRegistry meters;
  private final Map<String, Map<String, Row>> rowsByService = new LinkedHashMap<>();
  private final Map<String, ServiceDescriptor> required = new HashMap<>();
  private final Map<String, ConcurrencyLimit> limits = new HashMap<>();
  private @Nullable GroupRoles roles;
  private @Nullable Participants participants;

  public Rpcs(ShareConfig share, MeterRegistry meters) {
    adminIds = share.admins();
    maxConcurrentCalls = share.maxConcurrentCalls();
    this.meters = meters;
  }

  /** Lets features add their rows. */
  public Rpcs add(Feature... features) {
    for (Feature feature : features) {
      feature.register(this);
    }
    return this;
  }

  /**
   * Adds a unary method.
   *
   * @throws IllegalStateException when it has a row already or is not unary
   */
  public <A extends Message, B extends Message> void unary(
      MethodDescriptor<A, B> method, Handler<A, B> handler) {
    waiting(method, (caller, request) -> new Reply.Now<>(handler.handle(caller, request)));
  }

  /**
   * Adds a unary method of which some calls wait for an event.
   *
   * @throws IllegalStateException when it has a row already or is not unary
   */
  public <A extends Message, B extends Message> void waiting(
      MethodDescriptor<A, B> method, ReplyHandler<A, B> handler) {
    require(method.getType() == MethodType.UNARY, method, "is a stream");
    put(
        method,
        () ->
            ServerMethodDefinition.create(
                method,
                new UnaryCallHandler<>(
                    guard(method), limit(method), new MethodMeters(method, meters), handler)));
  }

  /** As {@link #streaming(ServerServiceDefinition)}. */
  public void streaming(BindableService service) {
    streaming(service.bindService());
  }

  /**
   * Adds the methods of a service that streams, with handlers written by hand.
   *
   * @throws IllegalStateException when one has a row already or is unary
   */
  public void streaming(ServerServiceDefinition service) {
    service.getMethods().forEach(this::stream);
  }

  private <A, B> void stream(ServerMethodDefinition<A, B> served) {
    MethodDescriptor<A, B> method = served.getMethodDescriptor();
    require(method.getType() != MethodType.UNARY, method, "is unary and wants a row of its own");
    put(
        method,
        () ->
            served.withServerCallHandler(
                new StreamCallHandler<>(
                    guard(method),
                    new MethodMeters(method, meters),
                    served.getServerCallHandler())));
  }

  private void put(MethodDescriptor<?, ?> method, Row row) {
    Row other =
        rowsByService
            .computeIfAbsent(
                descriptor(method).getService().getFullName(), any -> new LinkedHashMap<>())
            .putIfAbsent(method.getFullMethodName(), row);
    require(other == null, method, "has two rows");
  }

  /**
   * Registers who knows group roles.
   *
   * @throws IllegalStateException when somebody else did
   */
  public void roles(GroupRoles lookUp) {
    if (roles != null) {
      throw new IllegalStateException("GroupRoles are registered twice");
    }
    roles = lookUp;
  }

  /**
   * Registers who knows the participants of conversations.
   *
   * @throws IllegalStateException when somebody else did
   */
  public void participants(Participants lookUp) {
    if (participants != null) {
      throw new IllegalStateException("Participants are registered twice");
    }
    participants = lookUp;
  }

  /**
   * What gRPC serves: one definition for each proto service, behind the guard.
   *
   * @throws IllegalStateException when a method does not say who may call it or says it wrongly, a
   *     look-up that it needs is missing, or a check names what is not there
   */
  public List<ServerServiceDefinition> services() {
    return rowsByService.entrySet().stream()
        .map(service -> define(service.getKey(), service.getValue()))
        .toList();
  }

  /**
   * Demands a row for every method of these services that is built, and none for those that are
   * not: they are refused with 1002.
   *
   * @throws IllegalStateException naming the methods for which that is not so
   */
  public void requireAll(ServiceDescriptor... services) {
    List<String> wrong =
        Stream.of(services)
            .flatMap(service -> service.getMethods().stream())
            .filter(method -> hasRow(method) != Declarations.isBuilt(descriptor(method)))
            .map(method ->
                method.getFullMethodName() + (hasRow(method) ? " is not built" : " has no row"))
            .toList();
    if (!wrong.isEmpty()) {
      throw new IllegalStateException("rows and hongyan/not-built.txt differ: " + wrong);
    }
    Stream.of(services).forEach(service -> required.put(service.getName(), service));
  }

  private boolean hasRow(MethodDescriptor<?, ?> method) {
    return rowsByService
        .getOrDefault(descriptor(method).getService().getFullName(), Map.of())
        .containsKey(method.getFullMethodName());
  }

  private ServerServiceDefinition define(String name, Map<String, Row> rows) {
    ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(name);
    rows.values().forEach(row -> definition.addMethod(row.build()));
    ServiceDescriptor service = required.get(name);
    if (service != null) {
      service.getMethods().stream()
          .filter(method -> !hasRow(method))
          .forEach(method -> definition.addMethod(refused(method)));
    }
    return definition.build();
  }

  private static <A, B> ServerMethodDefinition<A, B> refused(MethodDescriptor<A, B> method) {
    return ServerMethodDefinition.create(
        method,
        (call, headers) -> {
          if (MethodGuard.open(call, headers) != null) {
            RpcErrors.close(
                call,
                ImError.NO_PERMISSION.with(
                    "no authorisation entry for " + method.getFullMethodName()));
          }
          return new ServerCall.Listener<>() {};
        });
  }

  private MethodGuard guard(MethodDescriptor<?, ?> method) {
    Descriptors.MethodDescriptor declared = descriptor(method);
    return new MethodGuard(
        ArgumentChecks.of(declared), AccessRule.of(declared, roles, participants), adminIds);
  }

  private ConcurrencyLimit limit(MethodDescriptor<?, ?> method) {
    return limits.computeIfAbsent(
        descriptor(method).getService().getFullName(),
        service -> new ConcurrencyLimit(service, maxConcurrentCalls, meters));
  }

  private static Descriptors.MethodDescriptor descriptor(MethodDescriptor<?, ?> method) {
    if (method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema) {
      return schema.getMethodDescriptor();
    }
    throw new IllegalStateException(method.getFullMethodName() + " comes from no .proto");
  }

  private static void require(boolean condition, MethodDescriptor<?, ?> method, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(method.getFullMethodName() + " " + otherwise);
    }
  }
}
