package im.hongyan.auth.login;

import com.google.protobuf.ByteString;
import im.hongyan.auth.login.TokenStore.Ended;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.ConnectRequest;
import im.hongyan.proto.login.EndTokensAnswer;
import im.hongyan.proto.login.EndTokensRequest;
import im.hongyan.proto.login.EndedToken;
import im.hongyan.proto.login.LoginProto;
import im.hongyan.proto.login.LoginsGrpc;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The gRPC endpoint of logins, for the gateways (docs/protocol/login.md): maps to {@link
 * TokenService} and back. Safe for use by several threads.
 */
public final class LoginsApi extends LoginsGrpc.LoginsImplBase {
  private final TokenService tokens;

  /** Creates the endpoint. */
  public LoginsApi(TokenService tokens) {
    this.tokens = tokens;
  }

  /** Who may call what. */
  public static AuthorisationTable access() {
    var service = LoginProto.getDescriptor().findServiceByName("Logins");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Connect", Access.internal())
        .allow(service, "EndTokens", Access.internal())
        .build();
  }

  @Override
  public void connect(ConnectRequest request, StreamObserver<ConnectAnswer> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getToken().isEmpty()) {
            // The text of parseToken.
            throw ImError.ARGS.with("userID is empty");
          }
          var connection = tokens.connect(request.getToken());
          return ConnectAnswer.newBuilder()
              .setUserId(connection.claims().userId())
              .setPlatformId(connection.claims().platformId())
              .setTokenHash(ByteString.copyFrom(HexFormat.of().parseHex(connection.hash())))
              .setEpoch(connection.epoch())
              .build();
        });
  }

  @Override
  public void endTokens(EndTokensRequest request, StreamObserver<EndTokensAnswer> reply) {
    Unary.reply(
        reply,
        () -> {
          Map<String, List<Ended>> byUser = new TreeMap<>();
          for (EndedToken token : request.getTokensList()) {
            String hash = HexFormat.of().formatHex(token.getTokenHash().toByteArray());
            byUser
                .computeIfAbsent(token.getUserId(), user -> new ArrayList<>())
                .add(new Ended(token.getPlatformId(), hash, token.getEpoch()));
          }
          tokens.end(byUser);
          return EndTokensAnswer.getDefaultInstance();
        });
  }
}
