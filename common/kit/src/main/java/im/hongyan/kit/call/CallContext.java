package im.hongyan.kit.call;

import im.hongyan.wire.authz.Caller;
import io.grpc.Context;
import io.grpc.Metadata;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call, and under which trace id; travels between services as gRPC metadata
 * (errors-config-ops.md 3). Immutable.
 *
 * @param operationId trace id, never empty
 * @param userId acting user; empty where there is none
 * @param platform name of the user's platform; may be empty
 * @param connId gateway connection; may be empty
 * @param service whether one of our services calls on its own behalf
 * @param answerBytes most bytes that the caller takes of an answer which can be cut; 0 for the
 *     usual
 * @param awaitedId id of a REST call whose answer its caller gets before what the call causes;
 *     empty for others
 */
public record CallContext(
    String operationId,
    String userId,
    String platform,
    String connId,
    boolean service,
    int answerBytes,
    String awaitedId) {
  private static final Context.Key<Call> CURRENT = Context.key("hongyan-call");
  private static final Metadata.Key<String> OPERATION_ID = key("operationID");
  private static final Metadata.Key<String> USER_ID = key("opUserID");
  private static final Metadata.Key<String> PLATFORM = key("platform");
  private static final Metadata.Key<String> CONN_ID = key("connID");
  private static final Metadata.Key<String> SERVICE = key("hongyan-service");
  private static final Metadata.Key<String> ANSWER_BYTES = key("hongyan-answer-bytes");
  private static final Metadata.Key<String> AWAITED_ID = key("hongyan-awaited-id");

  /** What a thread works on; without a caller where no guard stood before it. */
  private record Call(CallContext context, @Nullable Caller caller) {}

  /** A call of a user. */
  public static CallContext user(
      String operationId, String userId, String platform, String connId) {
    return new CallContext(operationId, userId, platform, connId, false, 0, "");
  }

  /** A call that one of our services makes on its own behalf. */
  public static CallContext service(String operationId) {
    return new CallContext(operationId, "", "", "", true, 0, "");
  }

  /** The same call of somebody who takes so many bytes of an answer. */
  public CallContext withAnswerBytes(int most) {
    return new CallContext(operationId, userId, platform, connId, service, most, awaitedId);
  }

  /** The same call, whose answer is awaited under this id. */
  public CallContext withAwaitedId(String id) {
    return new CallContext(operationId, userId, platform, connId, service, answerBytes, id);
  }

  /**
   * The context of the call that this thread works on.
   *
   * @throws IllegalStateException outside a call
   */
  public static CallContext current() {
    Call call = CURRENT.get();
    if (call == null) {
      throw new IllegalStateException("not within a call");
    }
    return call.context;
  }

  /** Trace id of the call that this thread works on; empty outside a call. */
  public static String currentOperationId() {
    Call call = CURRENT.get();
    return call == null ? "" : call.context.operationId;
  }

  /**
   * The caller of the RPC that this thread answers, as the guard has computed it.
   *
   * @throws IllegalStateException outside an RPC, or within a context that was opened by hand
   */
  public static Caller currentCaller() {
    Call call = CURRENT.get();
    if (call == null || call.caller == null) {
      throw new IllegalStateException("not within an RPC");
    }
    return call.caller;
  }

  /** The gRPC context that carries this one on top of the current. */
  public Context toGrpc() {
    return Context.current().withValue(CURRENT, new Call(this, null));
  }

  /** The gRPC context that carries this one and its caller on top of the current. */
  public Context toGrpc(Caller caller) {
    return Context.current().withValue(CURRENT, new Call(this, caller));
  }

  /**
   * Makes the call on the current thread with this context.
   *
   * @throws E what the body throws
   */
  public <T, E extends Exception> T call(ThrowingSupplier<T, E> body) throws E {
    Context mine = toGrpc();
    Context previous = mine.attach();
    try {
      return body.call();
    } finally {
      mine.detach(previous);
    }
  }

  /** The caller as rights see it. */
  public Caller caller(Set<String> adminIds) {
    if (service) {
      return Caller.SERVICE;
    }
    return userId.isEmpty()
        ? Caller.ANONYMOUS
        : new Caller(userId, adminIds.contains(userId), false);
  }

  /** Writes the context into a call's metadata. */
  public void writeTo(Metadata headers) {
    headers.put(OPERATION_ID, encode(operationId));
    headers.put(USER_ID, encode(userId));
    headers.put(PLATFORM, encode(platform));
    headers.put(CONN_ID, encode(connId));
    if (service) {
      headers.put(SERVICE, "1");
    }
    if (answerBytes > 0) {
      headers.put(ANSWER_BYTES, Integer.toString(answerBytes));
    }
    if (!awaitedId.isEmpty()) {
      headers.put(AWAITED_ID, encode(awaitedId));
    }
  }

  /** Reads the context from a call's metadata. */
  public static CallContext readFrom(Metadata headers) {
    return new CallContext(
        decode(headers.get(OPERATION_ID)),
        decode(headers.get(USER_ID)),
        decode(headers.get(PLATFORM)),
        decode(headers.get(CONN_ID)),
        headers.get(SERVICE) != null,
        number(headers.get(ANSWER_BYTES)),
        decode(headers.get(AWAITED_ID)));
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? 0 : Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Metadata holds printable ASCII only, ids may hold any letter. */
  private static String encode(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static String decode(@Nullable String text) {
    return java.net.URLDecoder.decode(
        Objects.requireNonNullElse(text, ""), java.nio.charset.StandardCharsets.UTF_8);
  }
}
