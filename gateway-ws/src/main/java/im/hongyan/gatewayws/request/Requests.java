package im.hongyan.gatewayws.request;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of clients (websocket.md 4). Safe for use by several threads. */
public final class Requests {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

  private final ServiceLocator locator;
  private final SendStream sends;
  private final Executor handlers;

  /** Creates the answering part. */
  public Requests(ServiceLocator locator, SendStream sends, Executor handlers) {
    this.locator = locator;
    this.sends = sends;
    this.handlers = handlers;
  }

  /** Whether the request may come from a client at all; others end the connection. */
  public boolean accepts(ClientConnection connection, RequestFrame request) {
    return RequestTable.knows(request.reqIdentifier())
        && request.sendID().equals(connection.userId());
  }

  /** Answers an accepted request, exactly once; called by the event loop and returns at once. */
  public void handle(
      ClientConnection connection, RequestFrame request, Consumer<ResponseFrame> reply) {
    switch (request.reqIdentifier()) {
      case RequestTable.SEND -> send(connection, request, reply);
      case RequestTable.SIGNAL -> reply.accept(failure(request, ImError.ARGS.bare()));
      default -> handlers.execute(() -> reply.accept(call(connection, request)));
    }
  }

  private void send(
      ClientConnection connection, RequestFrame request, Consumer<ResponseFrame> reply) {
    sends.send(
        SendRequest.newBuilder()
            .setOperationId(operationId(request))
            .setUserId(connection.userId())
            .setPlatformId(connection.platform().number())
            .setConnId(connection.id())
            .setMessage(request.data()),
        outcome ->
            reply.accept(
                new ResponseFrame(
                    request.reqIdentifier(),
                    request.msgIncr(),
                    request.operationID(),
                    outcome.getErrorCode(),
                    outcome.getErrorText(),
                    outcome.getErrorCode() == 0 ? outcome.getResponse() : null)));
  }

  private ResponseFrame call(ClientConnection connection, RequestFrame request) {
    CallContext context =
        CallContext.user(
            operationId(request),
            connection.userId(),
            connection.platform().label(),
            connection.id());
    try {
      return context.call(() ->
          new ResponseFrame(
              request.reqIdentifier(),
              request.msgIncr(),
              request.operationID(),
              0,
              "",
              RequestTable.call(
                  request.reqIdentifier(), locator.channel(ServiceName.MSG), request.data())));
    } catch (ImException e) {
      return failure(request, e);
    } catch (InvalidProtocolBufferException e) {
      return failure(request, ImError.INTERNAL.bare());
    } catch (Exception e) {
      LOG.error("request {} failed", request.reqIdentifier(), e);
      return failure(request, ImError.INTERNAL.bare());
    }
  }

  /** Trace ids are the client's; an empty one must not end the call between services. */
  private static String operationId(RequestFrame request) {
    return request.operationID().isEmpty() ? "none" : request.operationID();
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
