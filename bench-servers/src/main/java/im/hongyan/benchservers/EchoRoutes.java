package im.hongyan.benchservers;

import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** The REST routes that the load generator needs before its first login; nothing is checked. */
final class EchoRoutes implements HttpHandler {
  private final ConcurrentMap<String, List<String>> groups;
  private final HttpHandler others;
  private final AtomicLong groupIds = new AtomicLong();

  /**
   * Creates the routes.
   *
   * @param groups where members are put
   * @param others answers everything else
   */
  EchoRoutes(ConcurrentMap<String, List<String>> groups, HttpHandler others) {
    this.groups = groups;
    this.others = others;
  }

  @Override
  public HttpResponse handle(HttpRequest call) throws Exception {
    return switch (call.path()) {
      case "/auth/get_admin_token" ->
          json(ApiEnvelope.success(getAdminTokenResp.newBuilder().setToken("admin").build()));
      case "/auth/get_user_token" -> json(userToken(call.body()));
      case "/user/user_register" -> json(ApiEnvelope.success());
      case "/group/create_group" -> json(group(call.body()));
      default -> others.handle(call);
    };
  }

  private static byte[] userToken(byte[] body) throws GoJsonException {
    getUserTokenReq request = GoJsonReader.read(body, getUserTokenReq.getDefaultInstance());
    return ApiEnvelope.success(
        getUserTokenResp
            .newBuilder()
            .setToken(EchoServices.token(request.getUserID(), request.getPlatformID()))
            .build());
  }

  private byte[] group(byte[] body) throws GoJsonException {
    CreateGroupReq request = GoJsonReader.read(body, CreateGroupReq.getDefaultInstance());
    List<String> members = new ArrayList<>(request.getMemberUserIDsList());
    members.add(request.getOwnerUserID());
    if (members.contains("")) {
      return ApiEnvelope.failure(ImError.ARGS.with("a member has no id"));
    }
    String groupId = Long.toString(groupIds.incrementAndGet());
    groups.put(groupId, List.copyOf(members));
    return ApiEnvelope.success(
        CreateGroupResp.newBuilder()
            .setGroupInfo(GroupInfo.newBuilder().setGroupID(groupId))
            .build());
  }

  private static HttpResponse json(byte[] body) {
    return new HttpResponse(200, Map.of("Content-Type", "application/json"), body);
  }
}
