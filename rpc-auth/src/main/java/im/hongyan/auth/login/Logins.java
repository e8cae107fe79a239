package im.hongyan.auth.login;

import com.google.protobuf.ByteString;
import im.hongyan.auth.login.TokenStore.Ended;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.ConnectRequest;
import im.hongyan.proto.login.EndTokensAnswer;
import im.hongyan.proto.login.EndTokensRequest;
import im.hongyan.proto.login.EndedToken;
import im.hongyan.proto.login.LoginsGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Logins of connections, for the gateways (docs/protocol/login.md). Safe for use by several
 * threads.
 */
public final class Logins implements Feature {
  private final TokenService tokens;

  /** Creates the feature. */
  public Logins(TokenService tokens) {
    this.tokens = tokens;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(LoginsGrpc.getConnectMethod(), this::connect);
    rpcs.unary(LoginsGrpc.getEndTokensMethod(), this::endTokens);
  }

  private ConnectAnswer connect(Caller caller, ConnectRequest request) {
    var connection = tokens.connect(request.getToken());
    return ConnectAnswer.newBuilder()
        .setUserId(connection.claims().userId())
        .setPlatformId(connection.claims().platformId())
        .setTokenHash(ByteString.copyFrom(HexFormat.of().parseHex(connection.hash())))
        .setEpoch(connection.epoch())
        .build();
  }

  private EndTokensAnswer endTokens(Caller caller, EndTokensRequest request) {
    Map<UserId, List<Ended>> byUser = new TreeMap<>(Comparator.comparing(UserId::value));
    for (EndedToken token : request.getTokensList()) {
      String hash = HexFormat.of().formatHex(token.getTokenHash().toByteArray());
      byUser
          .computeIfAbsent(new UserId(token.getUserId()), user -> new ArrayList<>())
          .add(new Ended(token.getPlatformId(), hash, token.getEpoch()));
    }
    tokens.end(byUser);
    return EndTokensAnswer.getDefaultInstance();
  }
}
