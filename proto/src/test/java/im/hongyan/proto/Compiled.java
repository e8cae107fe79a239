package im.hongyan.proto;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.auth.AuthProto;
import im.hongyan.proto.conversation.ConversationProto;
import im.hongyan.proto.errinfo.ErrInfoProto;
import im.hongyan.proto.group.GroupProto;
import im.hongyan.proto.jssdk.JssdkProto;
import im.hongyan.proto.msg.MsgProto;
import im.hongyan.proto.msggateway.MsgGatewayProto;
import im.hongyan.proto.push.PushProto;
import im.hongyan.proto.relation.RelationProto;
import im.hongyan.proto.rtc.RtcProto;
import im.hongyan.proto.sdkws.SdkwsProto;
import im.hongyan.proto.third.ThirdProto;
import im.hongyan.proto.user.UserProto;
import im.hongyan.proto.wrapperspb.WrappersProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What protoc made of our .proto files, in the same lines as {@link Specification}. */
final class Compiled {
  static final List<FileDescriptor> FILES =
      List.of(
          SdkwsProto.getDescriptor(),
          MsgProto.getDescriptor(),
          MsgGatewayProto.getDescriptor(),
          PushProto.getDescriptor(),
          AuthProto.getDescriptor(),
          UserProto.getDescriptor(),
          RelationProto.getDescriptor(),
          GroupProto.getDescriptor(),
          ConversationProto.getDescriptor(),
          ThirdProto.getDescriptor(),
          JssdkProto.getDescriptor(),
          RtcProto.getDescriptor(),
          WrappersProto.getDescriptor(),
          ErrInfoProto.getDescriptor());

  private Compiled() {}

  static Map<String, List<String>> messages() {
    Map<String, List<String>> messages = new TreeMap<>();
    descriptors()
        .forEach((name, type) ->
            messages.put(name, type.getFields().stream().map(Compiled::field).toList()));
    return messages;
  }

  static Map<String, Descriptor> descriptors() {
    Map<String, Descriptor> all = new TreeMap<>();
    FILES.forEach(file -> file.getMessageTypes().forEach(type -> add(type, all)));
    return all;
  }

  /** An empty message of the class that protoc generated for a type. */
  static Message generated(Descriptor type) {
    String inFile = type.getFullName().substring(type.getFile().getPackage().length() + 1);
    String name = type.getFile().getOptions().getJavaPackage() + "." + inFile.replace('.', '$');
    try {
      return (Message) Class.forName(name).getMethod("getDefaultInstance").invoke(null);
    } catch (ReflectiveOperationException missing) {
      throw new AssertionError(name, missing);
    }
  }

  private static void add(Descriptor type, Map<String, Descriptor> all) {
    if (!type.getOptions().getMapEntry()) {
      all.put(type.getFullName(), type);
      type.getNestedTypes().forEach(nested -> add(nested, all));
    }
  }

  private static String field(FieldDescriptor field) {
    return field.getNumber() + " " + field.getName() + " " + type(field);
  }

  private static String type(FieldDescriptor field) {
    if (field.isMapField()) {
      Descriptor entry = field.getMessageType();
      return "map "
          + bare(entry.findFieldByName("key"))
          + " "
          + bare(entry.findFieldByName("value"));
    }
    if (field.getRealContainingOneof() != null) {
      return "oneof " + field.getRealContainingOneof().getName() + " " + bare(field);
    }
    boolean optional = field.toProto().getProto3Optional();
    return (field.isRepeated() ? "repeated " : optional ? "optional " : "") + bare(field);
  }

  private static String bare(FieldDescriptor field) {
    return switch (field.getType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      default -> field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  static List<String> methods() {
    List<String> methods = new ArrayList<>();
    for (FileDescriptor file : FILES) {
      for (ServiceDescriptor service : file.getServices()) {
        service
            .getMethods()
            .forEach(method ->
                methods.add(
                    service.getFullName()
                        + "/"
                        + method.getName()
                        + " "
                        + method.getInputType().getFullName()
                        + " "
                        + method.getOutputType().getFullName()));
      }
    }
    return methods;
  }

  static List<String> enums() {
    List<String> enums = new ArrayList<>();
    for (FileDescriptor file : FILES) {
      for (EnumDescriptor type : file.getEnumTypes()) {
        type.getValues()
            .forEach(value ->
                enums.add(type.getFullName() + " " + value.getNumber() + " " + value.getName()));
      }
    }
    return enums;
  }
}
