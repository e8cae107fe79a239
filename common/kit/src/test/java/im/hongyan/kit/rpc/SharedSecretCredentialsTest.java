package im.hongyan.kit.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.error.ImError;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves over real sockets that a call counts only from a process that knows the secret. */
class SharedSecretCredentialsTest {
  private static final RpcConfig CONFIG = new RpcConfig("127.0.0.1", 0, "127.0.0.1", 1 << 20);

  private final AtomicInteger handled = new AtomicInteger();
  private final TcpTransport server = new TcpTransport(CONFIG, new Secret("right"));
  private final int port =
      server.serve(
          List.of(
              new AuthGrpc.AuthImplBase() {
                @Override
                public void parseToken(
                    parseTokenReq request, StreamObserver<parseTokenResp> reply) {
                  handled.incrementAndGet();
                  reply.onNext(parseTokenResp.getDefaultInstance());
                  reply.onCompleted();
                }
              }.bindService()));

  @AfterEach
  void stop() {
    server.close();
  }

  private void call(ClientInterceptor... interceptors) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .intercept(interceptors)
            .build();
    try {
      AuthGrpc.newBlockingStub(channel).parseToken(parseTokenReq.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  private void assertRefused(ClientInterceptor... interceptors) {
    assertThatThrownBy(() -> call(interceptors))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
              var coded = RpcErrors.fromStatus(e, "auth");
              assertThat(coded.is(ImError.INTERNAL)).isTrue();
              assertThat(coded.detail()).startsWith("call refused").doesNotContain("right");
            });
    assertThat(handled).hasValue(0);
  }

  private static ClientInterceptor header(String name, String value) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  @Test
  void theRightSecretIsAccepted() {
    call(new SharedSecretCredentials(new Secret("right")).clientInterceptor());
    assertThat(handled).hasValue(1);
  }

  @Test
  void othersAreRefused() {
    assertRefused();
    assertRefused(new SharedSecretCredentials(new Secret("wrong")).clientInterceptor());
    assertRefused(header("hongyan-proof", ""));
    assertRefused(header("hongyan-proof", "right"));
  }

  @Test
  void nobodyBecomesAServiceBySayingSo() {
    assertRefused(header("hongyan-service", "1"), header("operationid", "op"));
  }

  @Test
  void theDefaultSecretIsRefusedBeyondLoopback() {
    Settings open = Settings.load(Path.of("none"), Map.of(), Map.of("rpc.listen", "0.0.0.0"));
    assertThatThrownBy(() -> RpcConfig.from(open))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("share.secret is the default");
    Settings loopback = Settings.load(Path.of("none"), Map.of(), Map.of());
    assertThat(RpcConfig.from(loopback).advertise()).isEqualTo("127.0.0.1");
  }
}
