package im.hongyan.gatewayhttp;

import com.google.protobuf.Message;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.Declarations.DeclaredRoute;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.receipts.GroupReceiptsGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.search.MessageSearchGrpc;
import im.hongyan.proto.user.userGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The routes that the .proto files declare and that are served. Immutable. */
final class RouteTable {
  /** Which of our services answers a proto service. */
  private static final Map<ServiceDescriptor, ServiceName> SERVICES =
      Map.of(
          AuthGrpc.getServiceDescriptor(), ServiceName.AUTH,
          conversationGrpc.getServiceDescriptor(), ServiceName.RELATION,
          friendGrpc.getServiceDescriptor(), ServiceName.RELATION,
          groupGrpc.getServiceDescriptor(), ServiceName.RELATION,
          GroupReceiptsGrpc.getServiceDescriptor(), ServiceName.MSG,
          MessageSearchGrpc.getServiceDescriptor(), ServiceName.MSG,
          msgGrpc.getServiceDescriptor(), ServiceName.MSG,
          userGrpc.getServiceDescriptor(), ServiceName.RELATION);

  private final Map<String, Route> byPath;
  private final Set<String> ownPaths;
  private final Set<String> openReads;
  private final List<String> openPaths;

  private RouteTable(Collection<Route> routes, Set<String> ownPaths, Set<String> openReads) {
    byPath =
        routes.stream().collect(Collectors.toUnmodifiableMap(Route::path, Function.identity()));
    this.ownPaths = Set.copyOf(ownPaths);
    this.openReads = Set.copyOf(openReads);
    openPaths = routes.stream().filter(Route::open).map(Route::path).toList();
  }

  /**
   * The table of what is declared.
   *
   * @throws IllegalStateException when a declared route is served by nobody, or two have one path
   */
  static RouteTable declared() {
    List<DeclaredRoute> routes = Declarations.routes();
    return new RouteTable(
        routes.stream().filter(route -> route.method() != null).map(RouteTable::route).toList(),
        routes.stream()
            .filter(route -> route.method() == null && !isOpenRead(route))
            .map(RouteTable::ownPath)
            .collect(Collectors.toUnmodifiableSet()),
        routes.stream()
            .filter(route -> route.method() == null && isOpenRead(route))
            .map(route -> route.route().getPath())
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static boolean isOpenRead(DeclaredRoute declared) {
    return declared.route().getOpen() && declared.verb().equals("GET");
  }

  private static String ownPath(DeclaredRoute declared) {
    String path = declared.route().getPath();
    if (declared.route().getOpen() || !declared.verb().equals("POST")) {
      throw new IllegalStateException("route " + path + " is not asked for by POST with a token");
    }
    return path;
  }

  private static Route route(DeclaredRoute declared) {
    String path = declared.route().getPath();
    com.google.protobuf.Descriptors.MethodDescriptor method = declared.method();
    if (method == null || !declared.verb().equals("POST")) {
      throw new IllegalStateException("route " + path + " does not end at an RPC by POST");
    }
    String name = Declarations.name(method);
    for (Map.Entry<ServiceDescriptor, ServiceName> service : SERVICES.entrySet()) {
      for (MethodDescriptor<?, ?> served : service.getKey().getMethods()) {
        if (served.getFullMethodName().equals(name)) {
          return new Route(
              path,
              service.getValue(),
              ofMessages(served),
              declared.route().getOpen(),
              declared.route().getEchoes());
        }
      }
    }
    throw new IllegalStateException("route " + path + " ends at " + name + " of no service");
  }

  @SuppressWarnings("unchecked") // protoc's methods take and return messages
  private static MethodDescriptor<Message, Message> ofMessages(MethodDescriptor<?, ?> method) {
    return (MethodDescriptor<Message, Message>) method;
  }

  /** All routes that end at an RPC. */
  Collection<Route> routes() {
    return byPath.values();
  }

  /** Paths that the gateway answers itself. */
  Set<String> ownPaths() {
    return ownPaths;
  }

  /** Paths that the gateway answers itself to GET, whoever asks. */
  Set<String> openReads() {
    return openReads;
  }

  /** The route of a path; null where there is none that ends at an RPC. */
  @Nullable Route find(String path) {
    return byPath.get(path);
  }

  /** Whether there is a route of that path. */
  boolean contains(String path) {
    return byPath.containsKey(path) || ownPaths.contains(path);
  }

  /** Whether a path needs a token; what begins like an open one does not (rest-account.md 0.2). */
  boolean needsToken(String path) {
    return openPaths.stream().noneMatch(path::startsWith);
  }

  /** The route that differs from a path by a slash at the end alone; empty where there is none. */
  Optional<String> besideSlash(String path) {
    String other = path.endsWith("/") ? path.substring(0, path.length() - 1) : path + "/";
    return contains(path) || !contains(other) ? Optional.empty() : Optional.of(other);
  }
}
