package im.hongyan.client.fake;

import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.userRegisterReq;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The REST routes of {@link FakeIm}; the secret is {@value #SECRET}. */
final class FakeRest implements AutoCloseable {
  static final String SECRET = "openIM123";

  private final HttpServer server;
  private final Set<String> registered = ConcurrentHashMap.newKeySet();
  private final AtomicInteger groups = new AtomicInteger();
  private final FakeLog log;

  FakeRest(FakeLog log) throws IOException {
    this.log = log;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  boolean knows(String userId) {
    return registered.contains(userId);
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    byte[] answer;
    try {
      Message data = answer(exchange.getRequestURI().getPath(), body);
      answer = data == null ? ApiEnvelope.success() : ApiEnvelope.success(data);
    } catch (ImException refusal) {
      answer = ApiEnvelope.failure(refusal);
    } catch (GoJsonException bad) {
      answer = ApiEnvelope.failure(ImError.ARGS.bare());
    }
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private @Nullable Message answer(String path, byte[] body) throws GoJsonException {
    return switch (path) {
      case "/auth/get_admin_token" ->
          adminToken(GoJsonReader.read(body, getAdminTokenReq.getDefaultInstance()));
      case "/user/user_register" ->
          register(GoJsonReader.read(body, userRegisterReq.getDefaultInstance()));
      case "/auth/get_user_token" ->
          userToken(GoJsonReader.read(body, getUserTokenReq.getDefaultInstance()));
      case "/auth/parse_token" -> parseTokenResp.getDefaultInstance();
      case "/user/get_users_info" -> getDesignateUsersResp.getDefaultInstance();
      case "/group/create_group" ->
          createGroup(GoJsonReader.read(body, CreateGroupReq.getDefaultInstance()));
      case "/msg/mark_conversation_as_read" ->
          markRead(GoJsonReader.read(body, MarkConversationAsReadReq.getDefaultInstance()));
      default -> throw ImError.ARGS.with(path);
    };
  }

  private static Message adminToken(getAdminTokenReq request) {
    if (!request.getSecret().equals(SECRET)) {
      throw ImError.NO_PERMISSION.with("secret invalid");
    }
    return getAdminTokenResp.newBuilder().setToken("admin").build();
  }

  private @Nullable Message register(userRegisterReq request) {
    for (var user : request.getUsersList()) {
      if (!registered.add(user.getUserID())) {
        throw ImError.REGISTERED_ALREADY.bare();
      }
    }
    return null;
  }

  private Message userToken(getUserTokenReq request) {
    if (!registered.contains(request.getUserID())) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    return getUserTokenResp.newBuilder().setToken("token-" + request.getUserID()).build();
  }

  private Message createGroup(CreateGroupReq request) {
    String groupId = "group" + groups.incrementAndGet();
    Set<String> members = new HashSet<>(request.getMemberUserIDsList());
    members.add(request.getOwnerUserID());
    log.group(groupId, members);
    return CreateGroupResp.newBuilder()
        .setGroupInfo(request.getGroupInfo().toBuilder().setGroupID(groupId))
        .build();
  }

  private @Nullable Message markRead(MarkConversationAsReadReq request) {
    log.read(request.getUserID(), request.getConversationID(), request.getHasReadSeq());
    return null;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
