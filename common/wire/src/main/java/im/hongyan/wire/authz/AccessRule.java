package im.hongyan.wire.authz;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.options.Access;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may call one method, compiled once from its option {@code (hongyan.options.access)}. Decides
 * from the call alone but for group roles and participation, which it looks up. Administrators and
 * our own services pass every rule but INTERNAL, which services alone pass. Immutable and safe for
 * use by several threads.
 */
public final class AccessRule {
  private static final String VALUE = "{value}";

  private final Access access;
  private final List<FieldPath> paths;
  private final String refusal;
  private final @Nullable GroupRoles roles;
  private final @Nullable Participants participants;

  private AccessRule(
      Access access,
      List<FieldPath> paths,
      @Nullable GroupRoles roles,
      @Nullable Participants participants) {
    this.access = access;
    this.paths = List.copyOf(paths);
    this.roles = roles;
    this.participants = participants;
    refusal = access.getRefusal().isEmpty() ? defaultRefusal(access) : access.getRefusal();
  }

  /**
   * Compiles the rule of a method.
   *
   * @param roles look-up for methods that ask for a group role; null where there is none
   * @param participants look-up for methods that ask for participation; null where there is none
   * @throws IllegalStateException when the method does not say who may call it, says it wrongly, or
   *     needs a look-up that is not there
   */
  public static AccessRule of(
      MethodDescriptor method, @Nullable GroupRoles roles, @Nullable Participants participants) {
    Access access = Declarations.access(method);
    require(countKinds(access) == 1, method, "must say who may call it in exactly one way");
    require(
        access.getGroupRole() == Access.Role.NO_ROLE || roles != null,
        method,
        "asks for a group role, and nobody registered GroupRoles");
    require(
        access.getParticipant().isEmpty() || participants != null,
        method,
        "asks for a participant, and nobody registered Participants");
    List<FieldPath> paths = fields(access).map(field -> FieldPath.resolve(method, field)).toList();
    AccessRule rule = new AccessRule(access, paths, roles, participants);
    require(
        !paths.isEmpty() || !rule.refusal.contains(VALUE) || isAdminOnly(access),
        method,
        "names {value} in its refusal without a field");
    return rule;
  }

  private static void require(boolean condition, MethodDescriptor method, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(Declarations.name(method) + " " + otherwise);
    }
  }

  private static long countKinds(Access access) {
    return Stream.of(
            access.getIs() != Access.Is.NOT_SAID && access.getIs() != Access.Is.UNRECOGNIZED,
            access.getSelfCount() > 0,
            access.getGroupRole() != Access.Role.NO_ROLE
                && access.getGroupRole() != Access.Role.UNRECOGNIZED,
            !access.getParticipant().isEmpty())
        .filter(said -> said)
        .count();
  }

  private static Stream<String> fields(Access access) {
    if (access.getGroupRole() != Access.Role.NO_ROLE) {
      return Stream.of(access.getGroup());
    }
    return access.getParticipant().isEmpty()
        ? access.getSelfList().stream()
        : Stream.of(access.getParticipant());
  }

  private static boolean isAdminOnly(Access access) {
    return access.getIs() == Access.Is.APP_ADMIN;
  }

  private static String defaultRefusal(Access access) {
    if (access.getSelfCount() > 0) {
      return access.getSelfCount() == 1 ? "ownerUserID, {value}=MISSING" : "opUser in ownerUserIDs";
    }
    if (!access.getParticipant().isEmpty()) {
      return "not in conversation {value}";
    }
    return switch (access.getGroupRole()) {
      case MEMBER -> "op user not in group";
      case ADMIN -> "no group owner or admin";
      case OWNER -> "not group owner";
      case NO_ROLE, UNRECOGNIZED ->
          switch (access.getIs()) {
            case APP_ADMIN -> "user {value} is not admin userID";
            case INTERNAL -> "internal method";
            case ANY_USER, ANONYMOUS, NOT_SAID, UNRECOGNIZED -> "no user";
          };
    };
  }

  /** Whether rights come before the argument checks. */
  public boolean isFirst() {
    return access.getFirst();
  }

  /**
   * Lets the call pass or refuses it.
   *
   * @throws ImException 1002 when the caller may not make this call, or what a look-up throws
   */
  public void check(Caller caller, Message request) {
    switch (access.getIs()) {
      case ANONYMOUS -> {}
      case INTERNAL -> allowIf(caller.service(), "");
      case ANY_USER -> allowIf(caller.privileged() || !caller.userId().isEmpty(), "");
      case APP_ADMIN -> allowIf(caller.privileged(), caller.userId());
      case NOT_SAID, UNRECOGNIZED -> {
        if (!caller.privileged()) {
          checkRelation(caller, request);
        }
      }
    }
  }

  private void checkRelation(Caller caller, Message request) {
    if (access.getSelfCount() > 0) {
      checkSelf(caller, request);
      return;
    }
    if (caller.userId().isEmpty()) {
      throw ImError.NO_PERMISSION.with("no user");
    }
    FieldPath path = paths.getFirst();
    int count = path.count(request);
    allowIf(count > 0, "");
    for (int i = 0; i < count; i++) {
      checkLookUp(caller.userId(), path.text(request, i));
    }
  }

  private void checkSelf(Caller caller, Message request) {
    if (!caller.userId().isEmpty()) {
      for (FieldPath path : paths) {
        if (names(caller.userId(), path, request)) {
          return;
        }
      }
    }
    FieldPath first = paths.getFirst();
    allowIf(false, first.count(request) == 0 ? "" : first.text(request, 0));
  }

  /** Whether a field names the caller and nobody else. */
  private boolean names(String userId, FieldPath path, Message request) {
    int count = path.count(request);
    for (int i = 0; i < count; i++) {
      String named = path.text(request, i);
      if (!named.equals(userId) && !(access.getSelfOrEmpty() && named.isEmpty())) {
        return false;
      }
    }
    return count > 0 || access.getSelfOrEmpty();
  }

  private void checkLookUp(String userId, String value) {
    if (!access.getParticipant().isEmpty()) {
      allowIf(requireNonNull(participants).takesPart(value, userId), value);
      return;
    }
    GroupRoles groups = requireNonNull(roles);
    if (access.getGroupFirst()) {
      groups.requireGroup(value);
    }
    allowIf(groups.roleLevel(value, userId) >= access.getGroupRoleValue(), value);
  }

  private void allowIf(boolean allowed, String value) {
    if (!allowed) {
      throw ImError.NO_PERMISSION.with(refusal.replace(VALUE, value));
    }
  }
}
