package im.hongyan.kit.rpc;

import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Coded failures on gRPC (errors-config-ops.md 2.3): a standard status, with code, text and detail
 * in trailers, since gRPC for Java knows no status above 16. Stateless.
 */
public final class RpcErrors {
  private static final Logger LOG = LoggerFactory.getLogger(RpcErrors.class);
  private static final String UNFORESEEN = "unforeseen failure, see the log";
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("hongyan-code", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<byte[]> TEXT =
      Metadata.Key.of("hongyan-text-bin", Metadata.BINARY_BYTE_MARSHALLER);
  private static final Metadata.Key<byte[]> DETAIL =
      Metadata.Key.of("hongyan-detail-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private RpcErrors() {}

  /** What a caller gets for a failure of a handler; anything uncoded becomes 500. */
  public static StatusRuntimeException toStatus(Throwable failure) {
    return Status.ABORTED.asRuntimeException(trailers(coded(failure)));
  }

  /** Ends a call with a coded failure. */
  static void close(ServerCall<?, ?> call, ImException coded) {
    call.close(Status.ABORTED, trailers(coded));
  }

  /**
   * The failure with its code, for the place that answers with it. A fault of our own is logged
   * with its stack; a store or service that does not answer is one line.
   */
  public static ImException logged(RuntimeException failure) {
    ImException coded = coded(failure);
    if (!(failure instanceof ImException)) {
      LOG.error("operation {} failed", CallContext.current().operationId(), failure);
    } else if (coded.is(ImError.INTERNAL)) {
      LOG.warn("operation {}: {}", CallContext.current().operationId(), forOperator(coded));
    }
    return coded;
  }

  /** What went wrong, with the cause that callers do not get to see. */
  public static String forOperator(ImException failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure.detail() : failure.detail() + ": " + cause;
  }

  /** The trailers that carry a coded failure. */
  static Metadata trailers(ImException coded) {
    Metadata trailers = new Metadata();
    trailers.put(CODE, Integer.toString(coded.code()));
    trailers.put(TEXT, coded.text().getBytes(StandardCharsets.UTF_8));
    trailers.put(DETAIL, coded.detail().getBytes(StandardCharsets.UTF_8));
    return trailers;
  }

  /**
   * The failure as a coded one. What was not foreseen names neither driver nor statement nor value:
   * the log has it, under the operationID.
   */
  public static ImException coded(Throwable failure) {
    return switch (failure) {
      case ImException coded -> coded;
      case StatusRuntimeException status -> fromStatus(status, "");
      default -> ImException.internal(UNFORESEEN, failure);
    };
  }

  /**
   * What the other side meant.
   *
   * @param service name for the text when the service did not answer
   */
  public static ImException fromStatus(StatusRuntimeException failure, String service) {
    Metadata trailers = failure.getTrailers();
    String code = trailers == null ? null : trailers.get(CODE);
    if (trailers != null && code != null) {
      return new ImException(
          Integer.parseInt(code), utf8(trailers.get(TEXT)), utf8(trailers.get(DETAIL)), null);
    }
    String description = String.valueOf(failure.getStatus().getDescription());
    if (failure.getStatus().getCode() == Status.Code.UNAVAILABLE) {
      return ImError.INTERNAL.named(
          "grpc service " + service + " down, grpc message " + description, "");
    }
    return ImException.internal(failure.getStatus().getCode() + " " + description, failure);
  }

  private static String utf8(byte @org.jspecify.annotations.Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
