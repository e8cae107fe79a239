package im.hongyan.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import im.hongyan.proto.Declarations.DeclaredCheck;
import im.hongyan.proto.options.Access;
import im.hongyan.proto.options.Check;
import im.hongyan.proto.options.OptionsProto;
import im.hongyan.proto.options.Route;
import im.hongyan.proto.user.UserProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proves that every RPC declares who may call it, and that whatever is declared can be evaluated:
 * fields are there, of a type that fits, and no option stands where nobody reads it.
 */
class DeclarationsTest {
  private static final Set<JavaType> NUMBERS = Set.of(JavaType.INT, JavaType.LONG);

  @Test
  void everyProtoFileIsListed() throws IOException {
    Path root = Path.of("src/main/proto");
    try (Stream<Path> files = Files.walk(root)) {
      assertThat(Declarations.FILES.stream().map(FileDescriptor::getName))
          .containsExactlyInAnyOrderElementsOf(
              files
                  .filter(file -> file.toString().endsWith(".proto"))
                  .map(file -> root.relativize(file).toString().replace('\\', '/'))
                  .toList());
    }
    assertThat(Declarations.methods()).hasSize(212);
  }

  @Test
  void everyRpcSaysOnceWhoMayCallIt() {
    for (MethodDescriptor method : Declarations.methods()) {
      Access access = Declarations.access(method);
      int kinds =
          (access.getIs() == Access.Is.NOT_SAID ? 0 : 1)
              + (access.getSelfCount() == 0 ? 0 : 1)
              + (access.getGroupRole() == Access.Role.NO_ROLE ? 0 : 1)
              + (access.getParticipant().isEmpty() ? 0 : 1);
      assertThat(kinds).as(Declarations.name(method)).isEqualTo(1);
      assertThat(access.getGroup().isEmpty())
          .as("a group where a role is asked for, in %s", Declarations.name(method))
          .isEqualTo(access.getGroupRole() == Access.Role.NO_ROLE);
      if (access.getSelfOrEmpty()) {
        assertThat(access.getSelfList()).as(Declarations.name(method)).hasSize(1);
      }
      if (access.getGroupFirst()) {
        assertThat(access.getGroup()).as(Declarations.name(method)).isNotEmpty();
      }
      assertThat(access.getUnknownFields().asMap()).as(Declarations.name(method)).isEmpty();
    }
  }

  @Test
  void rightsNameTextFieldsOfTheRequest() {
    for (MethodDescriptor method : Declarations.methods()) {
      Access access = Declarations.access(method);
      List<String> named = new ArrayList<>(access.getSelfList());
      Stream.of(access.getGroup(), access.getParticipant())
          .filter(field -> !field.isEmpty())
          .forEach(named::add);
      for (String field : named) {
        List<FieldDescriptor> path = Declarations.path(method, field);
        assertThat(path.getLast().getJavaType())
            .as("%s of %s", field, Declarations.name(method))
            .isEqualTo(JavaType.STRING);
      }
    }
  }

  /** Else a few bytes would become many objects before anything counts them. */
  @Test
  void everyListOfARequestOfUsersHasABound() {
    Set<String> unbounded = new TreeSet<>();
    for (MethodDescriptor method : Declarations.methods()) {
      if (Declarations.access(method).getIs() != Access.Is.INTERNAL) {
        addUnbounded(method.getInputType(), unbounded, new HashSet<>());
      }
    }
    assertThat(unbounded).as("lists and maps without max_items").isEmpty();
  }

  private static void addUnbounded(Descriptor type, Set<String> unbounded, Set<Descriptor> seen) {
    if (!seen.add(type)) {
      return;
    }
    for (FieldDescriptor field : type.getFields()) {
      if (field.isRepeated() && Declarations.maxItems(field) == null) {
        unbounded.add(field.getFullName());
      }
      if (field.getJavaType() == JavaType.MESSAGE && !field.isMapField()) {
        addUnbounded(field.getMessageType(), unbounded, seen);
      }
    }
  }

  @Test
  void openRoutesAndAnonymousRpcsAreTheSame() {
    for (MethodDescriptor method : Declarations.methods()) {
      boolean anonymous = Declarations.access(method).getIs() == Access.Is.ANONYMOUS;
      method
          .getOptions()
          .getExtension(OptionsProto.route)
          .forEach(route -> assertThat(route.getOpen()).as(route.getPath()).isEqualTo(anonymous));
      if (Declarations.access(method).getIs() == Access.Is.INTERNAL) {
        assertThat(method.getOptions().getExtension(OptionsProto.route))
            .as("routes of %s, which only services call", Declarations.name(method))
            .isEmpty();
      }
    }
  }

  @Test
  void routesOfTheGatewayItselfStandInOneService() {
    Declarations.services().stream()
        .filter(service -> !service.getOptions().getExtension(OptionsProto.ownRoute).isEmpty())
        .forEach(service -> assertThat(service.getFullName()).isEqualTo("hongyan.rest.Rest"));
    for (var route : Declarations.allRoutes()) {
      assertThat(route.route().getPath()).matches("(/[A-Za-z_]+)+(/\\*name)?");
      if (route.method() != null) {
        assertThat(!route.route().getPlanned() || Declarations.isBuilt(route.method()))
            .as("%s is planned and its RPC built", route.route().getPath())
            .isTrue();
        assertThat(route.verb()).as(route.route().getPath()).isEqualTo("POST");
      }
    }
  }

  /** The OpenAPI document has nothing else to describe them by. */
  @Test
  void servedRoutesOfTheGatewayItselfSayWhatTheyTakeAndAnswer() {
    for (var declared : Declarations.allRoutes()) {
      Route route = declared.route();
      Stream.of(route.getRequest(), route.getAnswer())
          .filter(name -> !name.isEmpty())
          .forEach(name ->
              assertThat(Declarations.message(name).getFullName())
                  .as(route.getPath())
                  .isEqualTo(name));
      boolean described =
          route.hasAccess()
              || route.getAnswers()
              || !route.getRequest().isEmpty()
              || !route.getAnswer().isEmpty();
      if (declared.method() != null) {
        assertThat(described).as("%s is described by its RPC", route.getPath()).isFalse();
      } else if (declared.served() && declared.verb().equals("POST")) {
        assertThat(route.getRequest()).as("request of %s", route.getPath()).isNotEmpty();
        assertThat(route.hasAccess()).as("access of %s", route.getPath()).isTrue();
      }
    }
    assertThatThrownBy(() -> Declarations.message("openim.msggateway.Nobody"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNotBuiltIsSortedAndThere() {
    List<String> lines = Declarations.notBuilt();
    assertThat(lines).isSorted().doesNotHaveDuplicates().isNotEmpty();
    Set<String> names =
        Declarations.methods().stream().map(Declarations::name).collect(Collectors.toSet());
    assertThat(names).containsAll(lines);
    assertThat(Declarations.methods().stream().filter(Declarations::isBuilt))
        .hasSize(names.size() - lines.size());
  }

  @Test
  void onlyWhatIsBuiltIsServed() {
    List<String> served =
        Declarations.routes().stream().map(route -> route.route().getPath()).toList();
    assertThat(served).contains("/friend/add_black", "/msg/get_server_time");
    assertThat(served).doesNotContain("/object/part_size", "/third/prometheus");
    for (var route : Declarations.routes()) {
      assertThat(route.method() == null || Declarations.isBuilt(route.method()))
          .as(route.route().getPath())
          .isTrue();
    }
  }

  @Test
  void checksFitTheirFields() {
    for (MethodDescriptor method : Declarations.methods()) {
      for (DeclaredCheck declared : Declarations.checks(method)) {
        String at = Declarations.name(method) + " " + declared.field().getName();
        Check check = declared.check();
        assertThat(check.getUnknownFields().asMap()).as(at).isEmpty();
        assertThat(conditions(check)).as("conditions of %s", at).hasSize(1);
        assertThat(fits(declared.field(), check)).as("%s: %s", at, check).isTrue();
        assertThat(check.getOrder()).as(at).isNotNegative();
        if (check.getIfPresent()) {
          assertThat(declared.field().hasPresence()).as(at).isTrue();
        }
      }
    }
  }

  private static Set<FieldDescriptor> conditions(Check check) {
    Set<String> others =
        Set.of("code", "text", "order", "after_access", "if_present", "field", "unless");
    return check.getAllFields().keySet().stream()
        .filter(field -> !others.contains(field.getName()))
        .collect(Collectors.toSet());
  }

  private static boolean fits(FieldDescriptor field, Check check) {
    JavaType type = field.getJavaType();
    boolean text = type == JavaType.STRING;
    boolean number = NUMBERS.contains(type);
    return switch (conditions(check).iterator().next().getName()) {
      case "not_empty" ->
          field.isRepeated() || text || type == JavaType.BYTE_STRING || type == JavaType.MESSAGE;
      case "max_bytes" -> text || type == JavaType.BYTE_STRING;
      case "max_characters", "one_of_text" -> text;
      case "max_items" -> field.isRepeated();
      case "distinct" -> field.isRepeated() && !field.isMapField();
      case "range" -> number && check.getRange().getMin() <= check.getRange().getMax();
      case "one_of", "none_of" -> number && !field.isRepeated();
      default -> false;
    };
  }

  /** A field's check that is made before the rights can't come behind one that is made after. */
  @Test
  void ordersOfChecksAreThoseOfTheirMoments() {
    for (MethodDescriptor method : Declarations.methods()) {
      boolean after = false;
      Set<Integer> orders = new HashSet<>();
      for (DeclaredCheck declared : Declarations.checks(method)) {
        assertThat(declared.check().getAfterAccess() || !after)
            .as("%s of %s", declared.field().getName(), Declarations.name(method))
            .isTrue();
        after = declared.check().getAfterAccess();
        orders.add(Math.min(1, declared.check().getOrder()));
      }
      assertThat(orders)
          .as("all checks of %s say their order, or none", Declarations.name(method))
          .hasSizeLessThan(2);
    }
  }

  /**
   * Checks of fields are read from requests alone: elsewhere nobody would make them. Bounds of
   * lists are kept in whatever is read.
   */
  @Test
  void checksStandInRequestsOnly() {
    Set<Descriptor> requests =
        Declarations.methods().stream()
            .map(MethodDescriptor::getInputType)
            .collect(Collectors.toSet());
    for (FileDescriptor file : Declarations.FILES) {
      for (Descriptor type : file.getMessageTypes()) {
        requireNoStrayChecks(type, requests);
      }
    }
  }

  private static void requireNoStrayChecks(Descriptor type, Set<Descriptor> requests) {
    for (FieldDescriptor field : type.getFields()) {
      boolean checked =
          field.getOptions().getExtension(OptionsProto.check).stream()
              .anyMatch(check -> check.getMaxItems() == 0);
      assertThat(!checked || requests.contains(type)).as(field.getFullName()).isTrue();
      field
          .getOptions()
          .getExtension(OptionsProto.check)
          .forEach(check -> assertThat(check.getField()).as(field.getFullName()).isEmpty());
    }
    type.getNestedTypes().forEach(nested -> requireNoStrayChecks(nested, requests));
  }

  /** Two RPCs that take the same message would both make its fields' checks. */
  @Test
  void noMessageWithChecksIsSharedByRpcs() {
    Set<String> seen = new TreeSet<>();
    for (MethodDescriptor method : Declarations.methods()) {
      boolean checked =
          method.getInputType().getFields().stream()
              .anyMatch(field -> !field.getOptions().getExtension(OptionsProto.check).isEmpty());
      if (checked) {
        assertThat(seen.add(method.getInputType().getFullName()))
            .as(Declarations.name(method))
            .isTrue();
      }
    }
  }

  @Test
  void checksComeInTheirOrder() {
    MethodDescriptor delete = method("openim.msg.msg/DeleteMsgs");
    assertThat(Declarations.checks(delete).stream().map(check -> check.field().getName()))
        .containsExactly(
            "conversationID", "conversationID", "userID", "userID", "seqs", "seqs", "seqs");
    MethodDescriptor create = method("openim.group.group/createGroup");
    assertThat(Declarations.checks(create).stream().map(check -> check.check().getText()))
        .startsWith(
            "", // "groupInfo is empty"
            "GroupType is invalid",
            "", // "ownerUserID is empty"
            "too many MemberUserIDs, need to be less than 1000",
            "too many AdminUserIDs, need to be less than 1000",
            "group type only supports 2",
            "groupName is longer than 255 characters");
  }

  @Test
  void pathsThatLeadNowhereAreRefused() {
    MethodDescriptor method = method("openim.user.user/updateUserInfo");
    assertThat(Declarations.path(method, "userInfo.userID")).hasSize(2);
    for (String wrong : List.of("", "user", "userInfo.", "userInfo.userID.x", ".userInfo")) {
      assertThatThrownBy(() -> Declarations.path(method, wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has no field " + wrong);
    }
    MethodDescriptor register =
        UserProto.getDescriptor().findServiceByName("user").findMethodByName("userRegister");
    assertThatThrownBy(() -> Declarations.path(register, "users.userID"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static MethodDescriptor method(String name) {
    return Declarations.methods().stream()
        .filter(method -> Declarations.name(method).equals(name))
        .findFirst()
        .orElseThrow();
  }
}
