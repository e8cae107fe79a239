package im.hongyan.kit.rpc;

import im.hongyan.kit.config.Secret;
import im.hongyan.wire.error.ImException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows that a call over the network comes from a process of ours: a header that only those who
 * know {@code share.secret} can make. Everything else in the metadata, the caller and {@code
 * hongyan-service} included, counts only behind it. It is the same for every call, so the network
 * between the processes must be one that others cannot read (docs/decisions/0004). Immutable.
 */
final class SharedSecretCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(SharedSecretCredentials.class);
  private static final Metadata.Key<String> PROOF =
      Metadata.Key.of("hongyan-proof", Metadata.ASCII_STRING_MARSHALLER);

  /** Names the use and its version; the secret signs tokens too, with another purpose. */
  private static final String PURPOSE = "hongyan-rpc-1";

  private static final String ALGORITHM = "HmacSHA256";

  private final Secret proof;

  SharedSecretCredentials(Secret secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes(secret.reveal()), ALGORITHM));
      proof = new Secret(HexFormat.of().formatHex(mac.doFinal(bytes(PURPOSE))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds the proof to each call. */
  ClientInterceptor clientInterceptor() {
    return new ClientInterceptor() {
      @Override
      public <A, B> ClientCall<A, B> interceptCall(
          MethodDescriptor<A, B> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
          @Override
          public void start(Listener<B> listener, Metadata headers) {
            headers.put(PROOF, proof.reveal());
            super.start(listener, headers);
          }
        };
      }
    };
  }

  /** Refuses each call without the proof, before a message of it is read. */
  ServerInterceptor serverInterceptor() {
    return new ServerInterceptor() {
      @Override
      public <A, B> ServerCall.Listener<A> interceptCall(
          ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        String shown = headers.get(PROOF);
        if (shown != null && MessageDigest.isEqual(bytes(shown), bytes(proof.reveal()))) {
          headers.removeAll(PROOF);
          return next.startCall(call, headers);
        }
        LOG.debug(
            "call of {} without proof refused", call.getMethodDescriptor().getFullMethodName());
        call.close(
            Status.UNAUTHENTICATED,
            RpcErrors.trailers(
                ImException.internal(
                    "call refused: it does not come from a process with the same share.secret")));
        return new ServerCall.Listener<>() {};
      }
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
