package im.hongyan.wire.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
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

/** Every message type of the protocol, by its full name. */
final class Types {
  private static final List<FileDescriptor> FILES =
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

  private Types() {}

  static List<Descriptor> all() {
    List<Descriptor> all = new ArrayList<>();
    FILES.forEach(file -> file.getMessageTypes().forEach(type -> addNested(type, all)));
    return all;
  }

  private static void addNested(Descriptor type, List<Descriptor> all) {
    if (!type.getOptions().getMapEntry()) {
      all.add(type);
      type.getNestedTypes().forEach(nested -> addNested(nested, all));
    }
  }

  static Message prototype(String fullName) {
    return prototype(
        all().stream()
            .filter(type -> type.getFullName().equals(fullName))
            .findFirst()
            .orElseThrow());
  }

  /** An empty message of the class that protoc generated for a type. */
  static Message prototype(Descriptor type) {
    String inFile = type.getFullName().substring(type.getFile().getPackage().length() + 1);
    String name = type.getFile().getOptions().getJavaPackage() + "." + inFile.replace('.', '$');
    try {
      return (Message) Class.forName(name).getMethod("getDefaultInstance").invoke(null);
    } catch (ReflectiveOperationException missing) {
      throw new LinkageError(name, missing);
    }
  }
}
