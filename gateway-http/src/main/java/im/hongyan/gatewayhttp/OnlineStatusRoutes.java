package im.hongyan.gatewayhttp;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.Broadcast;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusReq;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp.SuccessDetail;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp.SuccessResult;
import im.hongyan.proto.msggateway.SingleDetail;
import im.hongyan.proto.msggateway.SinglePlatformToken;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users' connections for administrators, put together from what all WebSocket gateways answer
 * (rest-account.md 2.10, 2.11). One that does not answer counts as holding nobody. Safe for use by
 * several threads; blocks.
 */
final class OnlineStatusRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(OnlineStatusRoutes.class);
  private static final int ONLINE = 1;

  private final Broadcast gateways;
  private final Set<String> adminIds;

  OnlineStatusRoutes(ServiceLocator locator, Set<String> adminIds) {
    gateways = new Broadcast(locator, ServiceName.GATEWAY_WS, LOG);
    this.adminIds = Set.copyOf(adminIds);
  }

  /** The routes by path. */
  Map<String, OwnRoute> routes() {
    return Map.of(
        "/user/get_users_online_status", this::statuses,
        "/user/get_users_online_token_detail", this::tokens);
  }

  /** One for each user asked for, in that order. */
  private byte[] statuses(CallContext caller, HttpRequest call) {
    GetUsersOnlineStatusReq request = read(call.body(), ImException::internal);
    Map<String, List<SuccessDetail>> connections = connections(caller, request);
    return ApiEnvelope.successOfList(
        request.getUserIDsList().stream()
            .map(userId -> status(userId, connections.getOrDefault(userId, List.of())))
            .toList());
  }

  private static SuccessResult status(String userId, List<SuccessDetail> connections) {
    return SuccessResult.newBuilder()
        .setUserID(userId)
        .setStatus(connections.isEmpty() ? 0 : ONLINE)
        .addAllDetailPlatformStatus(connections)
        .build();
  }

  /** One for each user asked for who is online, in that order. */
  private byte[] tokens(CallContext caller, HttpRequest call) {
    GetUsersOnlineStatusReq request = read(call.body(), ImError.ARGS::with);
    Map<String, List<SuccessDetail>> connections = connections(caller, request);
    return ApiEnvelope.successOfList(
        request.getUserIDsList().stream()
            .filter(connections::containsKey)
            .map(userId -> tokens(userId, connections.getOrDefault(userId, List.of())))
            .toList());
  }

  /** Platforms ascending, with a token for each connection. */
  private static SingleDetail tokens(String userId, List<SuccessDetail> connections) {
    Map<Integer, List<String>> byPlatform = new TreeMap<>();
    for (SuccessDetail connection : connections) {
      byPlatform
          .computeIfAbsent(connection.getPlatformID(), platform -> new ArrayList<>())
          .add(connection.getToken());
    }
    SingleDetail.Builder detail = SingleDetail.newBuilder().setUserID(userId).setStatus(ONLINE);
    byPlatform.forEach((platform, tokens) ->
        detail.addSinglePlatformToken(
            SinglePlatformToken.newBuilder()
                .setPlatformID(platform)
                .setTotal(tokens.size())
                .addAllToken(tokens)));
    return detail.build();
  }

  private static GetUsersOnlineStatusReq read(byte[] body, Function<String, ImException> refusal) {
    try {
      return GoJsonReader.readFirst(body, GetUsersOnlineStatusReq.getDefaultInstance());
    } catch (GoJsonException e) {
      throw new BadRequestException(refusal.apply(String.valueOf(e.getMessage())));
    }
  }

  /** The connections of those who are online, at all gateways. */
  private Map<String, List<SuccessDetail>> connections(
      CallContext caller, GetUsersOnlineStatusReq request) {
    if (!caller.caller(adminIds).privileged()) {
      throw ImError.NO_PERMISSION.with("only app manager");
    }
    Map<String, List<SuccessDetail>> connections = new HashMap<>();
    if (request.getUserIDsCount() == 0) {
      return connections;
    }
    // Each once, since a gateway answers as often as it is asked.
    GetUsersOnlineStatusReq each =
        GetUsersOnlineStatusReq.newBuilder()
            .addAllUserIDs(new LinkedHashSet<>(request.getUserIDsList()))
            .build();
    for (GetUsersOnlineStatusResp answer :
        gateways.call(msgGatewayGrpc.getGetUsersOnlineStatusMethod(), each, "online status")) {
      for (SuccessResult user : answer.getSuccessResultList()) {
        connections
            .computeIfAbsent(user.getUserID(), userId -> new ArrayList<>())
            .addAll(user.getDetailPlatformStatusList());
      }
    }
    return connections;
  }
}
