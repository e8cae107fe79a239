package im.hongyan.server;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.options.Access;
import im.hongyan.proto.options.OptionsProto;
import im.hongyan.wire.authz.GroupRoles;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One RPC behind the real guard and a real gRPC server, with a handler that answers an empty
 * response, and with look-ups of a group and a conversation in memory. Its creator closes it.
 */
final class GuardedRpc implements AutoCloseable {
  /** The group in which members, administrators and the owner are; also the conversation. */
  static final String GROUP = "group";

  /** A group that was dismissed. */
  static final String DISMISSED = "dismissed";

  private final InProcessLocator locator = new InProcessLocator("matrix");
  private final AtomicInteger handled = new AtomicInteger();
  private final MethodDescriptor schema;
  private final io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> method;

  GuardedRpc(MethodDescriptor schema) {
    this.schema = schema;
    method = grpc(schema);
    Rpcs rpcs = new Rpcs(share(), new SimpleMeterRegistry());
    rpcs.roles(new Roles());
    rpcs.participants((conversation, user) -> Player.roleOf(user) > 0);
    if (method.getType() == MethodType.UNARY) {
      rpcs.unary(method, (caller, request) -> answer());
    } else {
      rpcs.streaming(
          ServerServiceDefinition.builder(schema.getService().getFullName())
              .addMethod(method, ServerCalls.asyncBidiStreamingCall(Answering::new))
              .build());
    }
    locator.serve(ServiceName.MSG, rpcs.services());
  }

  /** The same RPC as if its .proto said another access. */
  static MethodDescriptor withAccess(MethodDescriptor method, Access access) {
    FileDescriptorProto.Builder file = method.getFile().toProto().toBuilder();
    file.getServiceBuilder(method.getService().getIndex())
        .getMethodBuilder(method.getIndex())
        .getOptionsBuilder()
        .setExtension(OptionsProto.access, access);
    FileDescriptor[] dependencies =
        method.getFile().getDependencies().toArray(FileDescriptor[]::new);
    try {
      return FileDescriptor.buildFrom(file.build(), dependencies)
          .getServices()
          .get(method.getService().getIndex())
          .getMethods()
          .get(method.getIndex());
    } catch (DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  private static ShareConfig share() {
    return ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
  }

  private static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> grpc(
      MethodDescriptor schema) {
    boolean streams = schema.isClientStreaming() && schema.isServerStreaming();
    if (!streams && (schema.isClientStreaming() || schema.isServerStreaming())) {
      throw new AssertionError(schema.getFullName() + " streams in one direction");
    }
    ProtoMethodDescriptorSupplier supplier =
        new ProtoMethodDescriptorSupplier() {
          @Override
          public FileDescriptor getFileDescriptor() {
            return schema.getFile();
          }

          @Override
          public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
            return schema.getService();
          }

          @Override
          public MethodDescriptor getMethodDescriptor() {
            return schema;
          }
        };
    return io.grpc.MethodDescriptor.newBuilder(
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(schema.getInputType())),
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(schema.getOutputType())))
        .setType(streams ? MethodType.BIDI_STREAMING : MethodType.UNARY)
        .setFullMethodName(Declarations.name(schema))
        .setSchemaDescriptor(supplier)
        .build();
  }

  private DynamicMessage answer() {
    handled.incrementAndGet();
    return DynamicMessage.getDefaultInstance(schema.getOutputType());
  }

  /** The code of the answer, 0 where the call reached its handler. */
  int play(Player player, DynamicMessage request) {
    int before = handled.get();
    int code = player.context().call(() -> call(request));
    if (handled.get() - before != (code == 0 ? 1 : 0)) {
      throw new AssertionError("a call answered " + code + " was handled otherwise");
    }
    return code;
  }

  private int call(DynamicMessage request) {
    Channel channel = locator.channel(ServiceName.MSG);
    try {
      if (method.getType() == MethodType.UNARY) {
        RpcChannels.call(channel, method, request);
      } else {
        var stream = ClientCalls.blockingBidiStreamingCall(channel, method, CallOptions.DEFAULT);
        stream.write(request);
        stream.read();
        stream.cancel("read", null);
      }
      return 0;
    } catch (ImException refused) {
      return refused.code();
    } catch (StatusException refused) {
      return RpcErrors.fromStatus(
              new StatusRuntimeException(refused.getStatus(), refused.getTrailers()), "")
          .code();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Answers each request of a stream. */
  private final class Answering implements StreamObserver<DynamicMessage> {
    private final StreamObserver<DynamicMessage> reply;

    Answering(StreamObserver<DynamicMessage> reply) {
      this.reply = reply;
    }

    @Override
    public void onNext(DynamicMessage request) {
      reply.onNext(answer());
    }

    @Override
    public void onError(Throwable gone) {
      // the player has read its answer
    }

    @Override
    public void onCompleted() {
      reply.onCompleted();
    }
  }

  /** Who is what in the group. */
  private static final class Roles implements GroupRoles {
    @Override
    public int roleLevel(String groupId, String userId) {
      return groupId.equals(GROUP) ? Player.roleOf(userId) : 0;
    }

    @Override
    public void requireGroup(String groupId) {
      if (!groupId.equals(GROUP)) {
        throw ImError.DISMISSED_ALREADY.bare();
      }
    }
  }

  @Override
  public void close() {
    locator.close();
  }
}
