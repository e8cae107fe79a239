package im.hongyan.gatewayws.login;

import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.gatewaypeer.LoginVerdict;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.EndedToken;
import java.util.List;
import java.util.Set;

/** What logins need of the rest of the system. Its methods block. */
public interface LoginPeers {
  /**
   * Checks a token and numbers the login.
   *
   * @throws im.hongyan.wire.error.ImException 1501 and 1503 to 1507, or 500
   */
  ConnectAnswer connect(String operationId, String token);

  /**
   * Ends tokens, except those that have logged in anew.
   *
   * @throws im.hongyan.wire.error.ImException 500
   */
  void endTokens(String operationId, List<EndedToken> tokens);

  /** The other gateways that may hold a user: a superset of those that do. */
  Set<String> holders(String userId);

  /**
   * Holds a login against what another gateway has.
   *
   * @throws im.hongyan.wire.error.ImException 500
   */
  LoginVerdict check(String operationId, String nodeId, LoginCheck login);
}
