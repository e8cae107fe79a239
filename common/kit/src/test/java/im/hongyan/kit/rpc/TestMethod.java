package im.hongyan.kit.rpc;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import im.hongyan.proto.options.Access;
import im.hongyan.proto.options.Check;
import im.hongyan.proto.options.OptionsProto;
import im.hongyan.proto.wrapperspb.WrappersProto;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;

/**
 * A method of a proto service that is made for a test, {@code test.Things/NAME}, with options as a
 * .proto would have them. Its request has a field of every type that checks know: text, texts,
 * number, numbers, blob, colour, maybe, inner and inners (with text) and wrapped.
 *
 * @param schema what the guard compiles
 * @param grpc what a row is added for
 */
record TestMethod(
    MethodDescriptor schema, io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> grpc) {
  /**
   * Declares a method.
   *
   * @param access option {@code access} in text form, such as {@code is: ANY_USER}; empty for none
   * @param checks options {@code also} in text form, each with its {@code field}
   */
  static TestMethod of(String name, String access, String... checks) {
    MethodOptions.Builder options = MethodOptions.newBuilder();
    if (!access.isEmpty()) {
      options.setExtension(OptionsProto.access, parse(access, Access.newBuilder()).build());
    }
    for (String check : checks) {
      options.addExtension(OptionsProto.also, parse(check, Check.newBuilder()).build());
    }
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("test.proto")
            .setPackage("test")
            .setSyntax("proto3")
            .addDependency(OptionsProto.getDescriptor().getName())
            .addDependency(WrappersProto.getDescriptor().getName())
            .addMessageType(request())
            .addMessageType(
                DescriptorProto.newBuilder()
                    .setName("Inner")
                    .addField(field("text", 1, FieldDescriptorProto.Type.TYPE_STRING)))
            .addEnumType(
                EnumDescriptorProto.newBuilder()
                    .setName("Colour")
                    .addValue(EnumValueDescriptorProto.newBuilder().setName("NONE").setNumber(0))
                    .addValue(EnumValueDescriptorProto.newBuilder().setName("RED").setNumber(1)))
            .addService(
                ServiceDescriptorProto.newBuilder()
                    .setName("Things")
                    .addMethod(
                        MethodDescriptorProto.newBuilder()
                            .setName(name)
                            .setInputType(".test.Request")
                            .setOutputType(".test.Inner")
                            .setOptions(options)))
            .build();
    try {
      FileDescriptor built =
          FileDescriptor.buildFrom(
              file,
              new FileDescriptor[] {OptionsProto.getDescriptor(), WrappersProto.getDescriptor()});
      ServiceDescriptor service = built.getServices().getFirst();
      return of(service.getMethods().getFirst());
    } catch (DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  private static TestMethod of(MethodDescriptor schema) {
    return new TestMethod(
        schema,
        io.grpc.MethodDescriptor.newBuilder(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(schema.getInputType())),
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(schema.getOutputType())))
            .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(schema.getService().getFullName() + "/" + schema.getName())
            .setSchemaDescriptor(new Schema(schema))
            .build());
  }

  private record Schema(MethodDescriptor method) implements ProtoMethodDescriptorSupplier {
    @Override
    public MethodDescriptor getMethodDescriptor() {
      return method;
    }

    @Override
    public ServiceDescriptor getServiceDescriptor() {
      return method.getService();
    }

    @Override
    public FileDescriptor getFileDescriptor() {
      return method.getFile();
    }
  }

  private static DescriptorProto.Builder request() {
    return DescriptorProto.newBuilder()
        .setName("Request")
        .addField(field("text", 1, FieldDescriptorProto.Type.TYPE_STRING))
        .addField(
            field("texts", 2, FieldDescriptorProto.Type.TYPE_STRING).setLabel(Label.LABEL_REPEATED))
        .addField(field("number", 3, FieldDescriptorProto.Type.TYPE_INT32))
        .addField(
            field("numbers", 4, FieldDescriptorProto.Type.TYPE_INT64)
                .setLabel(Label.LABEL_REPEATED))
        .addField(field("blob", 5, FieldDescriptorProto.Type.TYPE_BYTES))
        .addField(
            field("colour", 6, FieldDescriptorProto.Type.TYPE_ENUM).setTypeName(".test.Colour"))
        .addField(
            field("maybe", 7, FieldDescriptorProto.Type.TYPE_INT32)
                .setProto3Optional(true)
                .setOneofIndex(0))
        .addField(
            field("inner", 8, FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(".test.Inner"))
        .addField(
            field("wrapped", 9, FieldDescriptorProto.Type.TYPE_MESSAGE)
                .setTypeName(".openim.protobuf.StringValue"))
        .addField(
            field("inners", 10, FieldDescriptorProto.Type.TYPE_MESSAGE)
                .setTypeName(".test.Inner")
                .setLabel(Label.LABEL_REPEATED))
        .addOneofDecl(OneofDescriptorProto.newBuilder().setName("_maybe"));
  }

  private static FieldDescriptorProto.Builder field(
      String name, int number, FieldDescriptorProto.Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(Label.LABEL_OPTIONAL);
  }

  private static <B extends com.google.protobuf.Message.Builder> B parse(String text, B into) {
    try {
      TextFormat.merge(text, into);
      return into;
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(text, e);
    }
  }

  /** A request in text form. */
  DynamicMessage request(String text) {
    return parse(text, DynamicMessage.newBuilder(schema.getInputType())).build();
  }

  /** A response with this text. */
  DynamicMessage response(String text) {
    Descriptor type = schema.getOutputType();
    return DynamicMessage.newBuilder(type).setField(type.findFieldByName("text"), text).build();
  }

  /** The text of a response. */
  String text(DynamicMessage response) {
    return (String) response.getField(schema.getOutputType().findFieldByName("text"));
  }
}
