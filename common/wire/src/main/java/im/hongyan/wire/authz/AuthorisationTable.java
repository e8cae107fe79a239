package im.hongyan.wire.authz;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says for every method who may call it. Deny is the default: a method without an entry is refused
 * at run time, and {@link Builder#build} refuses a table that leaves out a method of a service it
 * covers, so that a forgotten entry fails the build.
 *
 * <p>Immutable and safe for use by several threads; decides from the call alone, without look-ups.
 */
public final class AuthorisationTable {
  /** What the table can say by itself. */
  public enum Verdict {
    /** The call may go on. */
    ALLOWED,
    /** The service must check a group role or a participation before it acts. */
    SERVICE_DECIDES
  }

  private record Entry(Access access, List<List<FieldDescriptor>> paths) {}

  private final Map<String, Entry> entries;

  private AuthorisationTable(Map<String, Entry> entries) {
    this.entries = Map.copyOf(entries);
  }

  /** Starts an empty table. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Decides on a call.
   *
   * @param method full name such as {@code openim.msg.msg/SendMsg}
   * @throws ImException 1002 when the caller may not make this call
   */
  public Verdict check(String method, Caller caller, Message request) {
    Entry entry = entries.get(method);
    if (entry == null) {
      throw ImError.NO_PERMISSION.with("no authorisation entry for " + method);
    }
    if (entry.access() instanceof Access.Internal) {
      return allowIf(caller.service(), "internal method");
    }
    if (entry.access() instanceof Access.Anonymous || caller.privileged()) {
      return Verdict.ALLOWED;
    }
    return switch (entry.access()) {
      case Access.Anonymous _, Access.Internal _ -> throw new AssertionError(method);
      case Access.AnyUser _ -> allowIf(!caller.userId().isEmpty(), "no user");
      case Access.AppAdmin _ -> allowIf(false, "user " + caller.userId() + " is not admin userID");
      case Access.Self self -> checkSelf(self, entry.paths(), caller, request);
      case Access.GroupRole _, Access.Participant _ -> serviceDecides(caller);
    };
  }

  private static Verdict serviceDecides(Caller caller) {
    allowIf(!caller.userId().isEmpty(), "no user");
    return Verdict.SERVICE_DECIDES;
  }

  private static Verdict checkSelf(
      Access.Self self, List<List<FieldDescriptor>> paths, Caller caller, Message request) {
    List<String> owners = paths.stream().map(path -> read(path, request)).toList();
    boolean isSelf = !caller.userId().isEmpty() && owners.contains(caller.userId());
    return allowIf(
        isSelf,
        self.fields().size() == 1
            ? "ownerUserID, " + owners.getFirst() + "=MISSING"
            : "opUser in ownerUserIDs");
  }

  private static Verdict allowIf(boolean allowed, String refusal) {
    if (!allowed) {
      throw ImError.NO_PERMISSION.with(refusal);
    }
    return Verdict.ALLOWED;
  }

  private static String read(List<FieldDescriptor> path, Message request) {
    Message at = request;
    for (FieldDescriptor step : path.subList(0, path.size() - 1)) {
      at = (Message) at.getField(step);
    }
    return (String) at.getField(path.getLast());
  }

  /** Collects entries; single-threaded. */
  public static final class Builder {
    private final Map<String, Entry> entries = new TreeMap<>();
    private final List<ServiceDescriptor> services = new ArrayList<>();

    private Builder() {}

    /** Covers a service: {@link #build} then wants an entry for each of its methods. */
    public Builder covers(ServiceDescriptor service) {
      services.add(service);
      return this;
    }

    /**
     * Adds an entry.
     *
     * @throws IllegalArgumentException when the method is unknown, has an entry already, or its
     *     request has no such text field
     */
    public Builder allow(ServiceDescriptor service, String method, Access access) {
      MethodDescriptor descriptor = service.findMethodByName(method);
      if (descriptor == null) {
        throw new IllegalArgumentException(service.getFullName() + " has no method " + method);
      }
      List<String> fields =
          switch (access) {
            case Access.Self self -> self.fields();
            case Access.GroupRole role -> List.of(role.groupField());
            case Access.Participant participant -> List.of(participant.conversationField());
            case Access.Anonymous _, Access.AnyUser _, Access.AppAdmin _, Access.Internal _ ->
                List.of();
          };
      Descriptor input = descriptor.getInputType();
      Entry entry = new Entry(access, fields.stream().map(f -> resolve(input, f)).toList());
      if (entries.put(name(descriptor), entry) != null) {
        throw new IllegalArgumentException("second entry for " + name(descriptor));
      }
      return this;
    }

    /**
     * Finishes the table.
     *
     * @throws IllegalStateException naming every method of a covered service that has no entry
     */
    public AuthorisationTable build() {
      List<String> missing =
          services.stream()
              .flatMap(service -> service.getMethods().stream())
              .map(Builder::name)
              .filter(method -> !entries.containsKey(method))
              .toList();
      if (!missing.isEmpty()) {
        throw new IllegalStateException("methods without an authorisation entry: " + missing);
      }
      return new AuthorisationTable(entries);
    }

    private static String name(MethodDescriptor method) {
      return method.getService().getFullName() + "/" + method.getName();
    }

    private static List<FieldDescriptor> resolve(Descriptor input, String path) {
      List<FieldDescriptor> steps = new ArrayList<>();
      Descriptor at = input;
      String[] names = path.split("\\.", -1);
      for (int i = 0; i < names.length; i++) {
        FieldDescriptor step = at.findFieldByName(names[i]);
        boolean last = i == names.length - 1;
        FieldDescriptor.JavaType wanted =
            last ? FieldDescriptor.JavaType.STRING : FieldDescriptor.JavaType.MESSAGE;
        if (step == null || step.isRepeated() || step.getJavaType() != wanted) {
          throw new IllegalArgumentException(input.getFullName() + " has no text field " + path);
        }
        steps.add(step);
        if (!last) {
          at = step.getMessageType();
        }
      }
      return List.copyOf(steps);
    }
  }
}
