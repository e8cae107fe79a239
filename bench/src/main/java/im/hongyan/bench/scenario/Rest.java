package im.hongyan.bench.scenario;

import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls of the REST API, drawn from three routes: of ten calls six ask for the profiles of three
 * users, three what a token says, and one makes a new token.
 */
public final class Rest extends RestScenario {
  /** New tokens are for another platform than the tokens in use, which they would replace. */
  private static final Platform OTHER_PLATFORM = Platform.IOS;

  private final List<String> tokens = new ArrayList<>();

  /** Plans a run. */
  public Rest(Stage stage) {
    super(stage);
  }

  @Override
  void prepare(Population people) throws IOException, InterruptedException {
    Parallel.forUsers(0, stage().users(), people::freshToken);
    for (int user = 0; user < stage().users(); user++) {
      tokens.add(people.token(user));
    }
  }

  @Override
  Call next(Population people) {
    int user = random().nextInt(stage().users());
    String id = people.id(user);
    String next = people.id((user + 1) % stage().users());
    return switch (random().nextInt(10)) {
      case 0 ->
          new Call(
              "/auth/get_user_token",
              () -> people.admin().token(),
              getUserTokenReq
                  .newBuilder()
                  .setUserID(id)
                  .setPlatformID(OTHER_PLATFORM.number())
                  .build());
      case 1, 2, 3 ->
          new Call(
              "/auth/parse_token",
              () -> "",
              parseTokenReq.newBuilder().setToken(tokens.get(user)).build());
      default ->
          new Call(
              "/user/get_users_info",
              () -> people.token(user),
              getDesignateUsersReq
                  .newBuilder()
                  .addUserIDs(id)
                  .addUserIDs(next)
                  .addUserIDs(people.id((user + 2) % stage().users()))
                  .build());
    };
  }
}
