package im.hongyan.proto;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import im.hongyan.proto.auth.AuthProto;
import im.hongyan.proto.batchsends.BatchSendsProto;
import im.hongyan.proto.catchup.CatchUpProto;
import im.hongyan.proto.connect.ConnectProto;
import im.hongyan.proto.conversation.ConversationProto;
import im.hongyan.proto.delivery.DeliveryProto;
import im.hongyan.proto.errinfo.ErrInfoProto;
import im.hongyan.proto.gatewaypeer.GatewayPeerProto;
import im.hongyan.proto.group.GroupProto;
import im.hongyan.proto.groups.GroupsProto;
import im.hongyan.proto.invalidation.CacheInvalidationProto;
import im.hongyan.proto.jssdk.JssdkProto;
import im.hongyan.proto.login.LoginProto;
import im.hongyan.proto.msg.MsgProto;
import im.hongyan.proto.msggateway.MsgGatewayProto;
import im.hongyan.proto.offline.OfflineProto;
import im.hongyan.proto.options.Access;
import im.hongyan.proto.options.Check;
import im.hongyan.proto.options.OptionsProto;
import im.hongyan.proto.options.Route;
import im.hongyan.proto.owners.OwnersProto;
import im.hongyan.proto.presence.PresenceProto;
import im.hongyan.proto.push.PushProto;
import im.hongyan.proto.receipts.ReceiptsProto;
import im.hongyan.proto.relation.RelationProto;
import im.hongyan.proto.rest.RestProto;
import im.hongyan.proto.rtc.RtcProto;
import im.hongyan.proto.sdkws.SdkwsProto;
import im.hongyan.proto.search.SearchProto;
import im.hongyan.proto.sending.SendingProto;
import im.hongyan.proto.sequencing.SequencingProto;
import im.hongyan.proto.third.ThirdProto;
import im.hongyan.proto.user.UserProto;
import im.hongyan.proto.webhook.WebhookProto;
import im.hongyan.proto.wrapperspb.WrappersProto;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the .proto files declare about their RPCs (hongyan/options.proto), as the HTTP gateway, the
 * guard before every handler and the tests read it. Looks nothing up and evaluates nothing: the
 * guard in common/kit does. Stateless and safe for use by several threads.
 */
public final class Declarations {
  /** Every .proto file of ours. */
  static final List<FileDescriptor> FILES =
      List.of(
          AuthProto.getDescriptor(),
          BatchSendsProto.getDescriptor(),
          CatchUpProto.getDescriptor(),
          ConversationProto.getDescriptor(),
          DeliveryProto.getDescriptor(),
          ErrInfoProto.getDescriptor(),
          ConnectProto.getDescriptor(),
          GatewayPeerProto.getDescriptor(),
          GroupProto.getDescriptor(),
          GroupsProto.getDescriptor(),
          JssdkProto.getDescriptor(),
          LoginProto.getDescriptor(),
          CacheInvalidationProto.getDescriptor(),
          MsgGatewayProto.getDescriptor(),
          MsgProto.getDescriptor(),
          OfflineProto.getDescriptor(),
          OwnersProto.getDescriptor(),
          OptionsProto.getDescriptor(),
          PresenceProto.getDescriptor(),
          PushProto.getDescriptor(),
          ReceiptsProto.getDescriptor(),
          RelationProto.getDescriptor(),
          RestProto.getDescriptor(),
          RtcProto.getDescriptor(),
          SdkwsProto.getDescriptor(),
          SearchProto.getDescriptor(),
          SendingProto.getDescriptor(),
          SequencingProto.getDescriptor(),
          ThirdProto.getDescriptor(),
          UserProto.getDescriptor(),
          WebhookProto.getDescriptor(),
          WrappersProto.getDescriptor());

  private static final String NOT_BUILT = "/hongyan/not-built.txt";

  private static final List<ServiceDescriptor> SERVICES =
      FILES.stream().flatMap(file -> file.getServices().stream()).toList();
  private static final List<MethodDescriptor> METHODS =
      SERVICES.stream().flatMap(service -> service.getMethods().stream()).toList();
  private static final Set<String> NOT_BUILT_NAMES = readNotBuilt();
  private static final List<DeclaredRoute> ALL_ROUTES = readRoutes();
  private static final List<DeclaredRoute> ROUTES =
      ALL_ROUTES.stream().filter(DeclaredRoute::served).toList();

  private Declarations() {}

  /**
   * A REST route and what stands behind it.
   *
   * @param method the RPC at which it ends; null where the HTTP gateway answers by itself
   */
  public record DeclaredRoute(Route route, @Nullable MethodDescriptor method) {
    /** The HTTP verb, which is POST where the declaration says nothing. */
    public String verb() {
      return route.getVerb().isEmpty() ? "POST" : route.getVerb();
    }

    /** Whether it is there to be asked for. */
    public boolean served() {
      return !route.getPlanned() && (method == null || isBuilt(method));
    }
  }

  /**
   * One check of a request's argument.
   *
   * @param path the fields from the request down to the argument; all but the last are messages, or
   *     lists of which each element is meant
   * @param check what it must be
   */
  public record DeclaredCheck(List<FieldDescriptor> path, Check check) {
    /** Copies the list. */
    public DeclaredCheck {
      path = List.copyOf(path);
    }

    /** The argument's own field. */
    public FieldDescriptor field() {
      return path.getLast();
    }
  }

  /** All services, file by file. */
  public static List<ServiceDescriptor> services() {
    return SERVICES;
  }

  /** All RPCs of all services, built or not. */
  public static List<MethodDescriptor> methods() {
    return METHODS;
  }

  /** The name of an RPC as gRPC has it, such as {@code openim.msg.msg/SendMsg}. */
  public static String name(MethodDescriptor method) {
    return method.getService().getFullName() + "/" + method.getName();
  }

  /** The routes that are served: not planned, and their RPC, where they have one, is built. */
  public static List<DeclaredRoute> routes() {
    return ROUTES;
  }

  /** All routes that are declared, also those that are planned or whose RPC is not built. */
  public static List<DeclaredRoute> allRoutes() {
    return ALL_ROUTES;
  }

  /** Whether an RPC is built, that is, does not stand in hongyan/not-built.txt. */
  public static boolean isBuilt(MethodDescriptor method) {
    return !NOT_BUILT_NAMES.contains(name(method));
  }

  /** Who may call an RPC; says nothing for a method that declares nothing. */
  public static Access access(MethodDescriptor method) {
    return method.getOptions().getExtension(OptionsProto.access);
  }

  /**
   * The checks of an RPC's arguments in the order in which they are made: by {@code order}; equal
   * ones in the order of the fields, and those of the option {@code also} behind the fields' own.
   * Those with {@code after_access} stand among the others and are made when the rights are known.
   *
   * @throws IllegalArgumentException when an {@code also} names no field of the request
   */
  public static List<DeclaredCheck> checks(MethodDescriptor method) {
    List<DeclaredCheck> checks = new ArrayList<>();
    for (FieldDescriptor field : method.getInputType().getFields()) {
      for (Check check : field.getOptions().getExtension(OptionsProto.check)) {
        checks.add(new DeclaredCheck(List.of(field), check));
      }
    }
    for (Check check : method.getOptions().getExtension(OptionsProto.also)) {
      checks.add(new DeclaredCheck(path(method, check.getField(), true), check));
    }
    checks.sort(Comparator.comparingInt(declared -> declared.check().getOrder()));
    return List.copyOf(checks);
  }

  /**
   * The fields that a dotted path goes through, from the request down.
   *
   * @throws IllegalArgumentException when there is no such field, or one before the last is no
   *     message or a list
   */
  public static List<FieldDescriptor> path(MethodDescriptor method, String dotted) {
    return path(method, dotted, false);
  }

  private static List<FieldDescriptor> path(
      MethodDescriptor method, String dotted, boolean throughLists) {
    List<FieldDescriptor> path = new ArrayList<>();
    @Nullable Descriptor at = method.getInputType();
    for (String step : dotted.split("\\.", -1)) {
      FieldDescriptor field = at == null ? null : at.findFieldByName(step);
      if (field == null) {
        throw new IllegalArgumentException(
            method.getInputType().getFullName() + " has no field " + dotted);
      }
      path.add(field);
      boolean leadsOn =
          field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              && (throughLists ? !field.isMapField() : !field.isRepeated());
      at = leadsOn ? field.getMessageType() : null;
    }
    return List.copyOf(path);
  }

  /**
   * How many elements a list or map may have at most, in any request that holds it, counted while
   * it is read: the {@code max_items} of its field. Null where nothing is said.
   */
  public static @Nullable Check maxItems(FieldDescriptor field) {
    for (Check check : field.getOptions().getExtension(OptionsProto.check)) {
      if (check.getMaxItems() > 0) {
        return check;
      }
    }
    return null;
  }

  /**
   * The message type of a full name such as {@code openim.msggateway.SingleDetail}, of our .proto
   * files.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Descriptor message(String fullName) {
    for (FileDescriptor file : FILES) {
      if (!fullName.startsWith(file.getPackage() + ".")) {
        continue;
      }
      @Nullable Descriptor at = null;
      for (String step : fullName.substring(file.getPackage().length() + 1).split("\\.", -1)) {
        at = at == null ? file.findMessageTypeByName(step) : at.findNestedTypeByName(step);
        if (at == null) {
          break;
        }
      }
      if (at != null) {
        return at;
      }
    }
    throw new IllegalArgumentException("there is no message " + fullName);
  }

  /** The lines of the list of what is not built, without those that say what it is. */
  static List<String> notBuilt() {
    try (InputStream in = Declarations.class.getResourceAsStream(NOT_BUILT)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(NOT_BUILT, unreadable);
    }
  }

  private static Set<String> readNotBuilt() {
    return notBuilt().stream().collect(Collectors.toUnmodifiableSet());
  }

  private static List<DeclaredRoute> readRoutes() {
    List<DeclaredRoute> routes = new ArrayList<>();
    for (MethodDescriptor method : METHODS) {
      for (Route route : method.getOptions().getExtension(OptionsProto.route)) {
        routes.add(new DeclaredRoute(route, method));
      }
    }
    for (ServiceDescriptor service : SERVICES) {
      for (Route route : service.getOptions().getExtension(OptionsProto.ownRoute)) {
        routes.add(new DeclaredRoute(route, null));
      }
    }
    return List.copyOf(routes);
  }
}
