package im.hongyan.gatewayws.request;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.FrameEncoding;
import im.hongyan.gatewayws.connection.RequestHandler;
import im.hongyan.gatewayws.presence.OnlineStatusSubscriptions;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.OperationIds;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.proto.sdkws.SetAppBackgroundStatusReq;
import im.hongyan.proto.sdkws.SubUserOnlineStatus;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.wire.bounds.RequestProtobuf;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of clients (websocket.md 4). Safe for use by several threads. */
public final class Requests implements RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

  /** Up to here an event loop encodes answers itself. */
  private static final int SMALL_BYTES = 16_384;

  private final ServiceLocator locator;
  private final SendStream sends;
  private final OnlineStatusSubscriptions statuses;
  private final Executor handlers;

  /** Calls to services block on the handlers' threads. */
  public Requests(
      ServiceLocator locator,
      SendStream sends,
      OnlineStatusSubscriptions statuses,
      Executor handlers) {
    this.locator = locator;
    this.sends = sends;
    this.statuses = statuses;
    this.handlers = handlers;
  }

  @Override
  public boolean accepts(ClientConnection connection, RequestFrame request) {
    return RequestTable.knows(request.reqIdentifier())
        && (request.sendID().equals(connection.userId()) || lacksSender(request));
  }

  /** An incomplete envelope is answered, where the request is one of those that want it whole. */
  private static boolean lacksSender(RequestFrame request) {
    return request.sendID().isEmpty()
        && RequestTable.wantsCompleteEnvelope(request.reqIdentifier());
  }

  @Override
  public void handle(ClientConnection connection, RequestFrame request, Consumer<Answer> reply) {
    int id = request.reqIdentifier();
    if (isTooLongToRepeat(request)) {
      reply.accept(Answer.of(failure(cut(request), ImError.ARGS.bare())));
      return;
    }
    if (RequestTable.wantsCompleteEnvelope(id) && !complete(request)) {
      reply.accept(Answer.of(failure(request, ImError.INTERNAL.bare())));
      return;
    }
    switch (id) {
      case RequestTable.SEND -> send(connection, request, reply);
      case RequestTable.SIGNAL -> reply.accept(Answer.of(failure(request, ImError.ARGS.bare())));
      case RequestTable.BACKGROUND -> reply.accept(Answer.of(background(connection, request)));
      case RequestTable.SUBSCRIBE -> subscribe(connection, request, reply);
      default -> handlers.execute(() -> reply.accept(answer(connection, request)));
    }
  }

  private static boolean isTooLongToRepeat(RequestFrame request) {
    return request.msgIncr().length() > FrameLimits.MAX_ECHO_CHARACTERS
        || request.operationID().length() > FrameLimits.MAX_ECHO_CHARACTERS;
  }

  private static RequestFrame cut(RequestFrame request) {
    return new RequestFrame(
        request.reqIdentifier(),
        request.token(),
        request.sendID(),
        OperationIds.cut(request.operationID()),
        OperationIds.cut(request.msgIncr()),
        request.data());
  }

  private static boolean complete(RequestFrame request) {
    return !request.sendID().isEmpty()
        && !request.operationID().isEmpty()
        && !request.msgIncr().isEmpty();
  }

  private void send(ClientConnection connection, RequestFrame request, Consumer<Answer> reply) {
    sends.send(
        SendRequest.newBuilder()
            .setOperationId(operationId(request))
            .setUserId(connection.userId())
            .setPlatformId(connection.platform().number())
            .setConnId(connection.id())
            .setMessage(request.data()),
        outcome ->
            reply.accept(
                Answer.of(
                    new ResponseFrame(
                        request.reqIdentifier(),
                        request.msgIncr(),
                        request.operationID(),
                        outcome.getErrorCode(),
                        outcome.getErrorText(),
                        outcome.getErrorCode() == 0 ? outcome.getResponse() : null))));
  }

  /** The user is the connection's: SDKs send an empty one (client-sync.md 3.5). */
  private static ResponseFrame background(ClientConnection connection, RequestFrame request) {
    try {
      connection.background(
          RequestProtobuf.read(request.data(), SetAppBackgroundStatusReq.getDefaultInstance())
              .getIsBackground());
      return success(request, null);
    } catch (ImException e) {
      return failure(request, e);
    }
  }

  private void subscribe(
      ClientConnection connection, RequestFrame request, Consumer<Answer> reply) {
    try {
      statuses.subscribe(
          connection,
          RequestProtobuf.read(request.data(), SubUserOnlineStatus.getDefaultInstance()),
          tips -> reply.accept(Answer.of(success(request, tips.toByteString()))),
          failure -> reply.accept(Answer.of(failure(request, failure))));
    } catch (ImException e) {
      reply.accept(Answer.of(failure(request, e)));
    }
  }

  /**
   * Asks for as much as the client is likely to take; where that is too long as it goes over the
   * wire, for as much as it takes in any form.
   */
  private Answer answer(ClientConnection connection, RequestFrame request) {
    boolean last = request.reqIdentifier() == RequestTable.LOGOUT;
    FrameEncoding form = connection.form();
    ResponseFrame frame = call(connection, request, form.maxDataBytes());
    if (isSmall(frame)) {
      return new Answer(frame, Optional.empty(), last);
    }
    byte[] payload = form.encode(frame);
    if (payload.length > FrameLimits.MAX_FRAME_BYTES
        && form.maxDataBytes() > FrameLimits.MAX_DATA_BYTES) {
      frame = call(connection, request, FrameLimits.MAX_DATA_BYTES);
      payload = form.encode(frame);
    }
    return new Answer(frame, Optional.of(payload), last);
  }

  private static boolean isSmall(ResponseFrame frame) {
    ByteString data = frame.data();
    return data == null || data.size() <= SMALL_BYTES;
  }

  private ResponseFrame call(ClientConnection connection, RequestFrame request, int answerBytes) {
    CallContext context =
        CallContext.user(
                operationId(request),
                connection.userId(),
                connection.platform().label(),
                connection.id())
            .withAnswerBytes(answerBytes);
    try {
      return context.call(() ->
          success(request, RequestTable.call(request.reqIdentifier(), locator, request.data())));
    } catch (ImException e) {
      return failure(request, e);
    } catch (RuntimeException e) {
      LOG.error("request {} failed", request.reqIdentifier(), e);
      return failure(request, ImError.INTERNAL.bare());
    }
  }

  /**
   * Trace ids are the client's; an empty one must not end the call between services, nor a long one
   * fill them.
   */
  private static String operationId(RequestFrame request) {
    return request.operationID().isEmpty() ? "none" : OperationIds.cut(request.operationID());
  }

  private static ResponseFrame success(RequestFrame request, @Nullable ByteString data) {
    return new ResponseFrame(
        request.reqIdentifier(), request.msgIncr(), request.operationID(), 0, "", data);
  }

  private static ResponseFrame failure(RequestFrame request, ImException failure) {
    return new ResponseFrame(
        request.reqIdentifier(),
        request.msgIncr(),
        request.operationID(),
        failure.code(),
        failure.text(),
        null);
  }
}
