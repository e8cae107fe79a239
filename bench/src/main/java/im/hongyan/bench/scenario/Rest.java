package im.hongyan.bench.scenario;

import com.google.protobuf.Message;
import im.hongyan.bench.measure.Labels;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the REST API, drawn from three routes: of ten calls six ask for the profiles of three
 * users, three what a token says, and one makes a new token.
 */
public final class Rest implements Scenario {
  private static final Labels LABELS = new Labels("call", "call -> answered", "");

  /** New tokens are for another platform than the tokens in use, which they would replace. */
  private static final Platform OTHER_PLATFORM = Platform.IOS;

  private final Stage stage;
  private final SplittableRandom random;
  private final BackgroundTasks tasks;
  private @Nullable Population population;

  /** Plans a run. */
  public Rest(Stage stage) {
    this.stage = stage;
    this.random = new SplittableRandom(stage.seed());
    this.tasks = new BackgroundTasks(stage.ledger());
  }

  @Override
  public Labels labels() {
    return LABELS;
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    String runId = "bench" + HexFormat.of().toHexDigits((int) MessageNumbers.ofNewRun().runId());
    Population people = Population.registered(stage.target(), runId, stage.users());
    population = people;
    Parallel.forUsers(0, stage.users(), people::freshToken);
  }

  /** One call: its route and token, what is asked, and the type of the answer. */
  private record Call(String path, String token, Message request, Message answer) {}

  @Override
  public void send(long dueNanos) {
    Population people = population;
    if (people == null) {
      throw new IllegalStateException("prepare comes first");
    }
    int number = stage.ledger().open(dueNanos, 0);
    int user = random.nextInt(stage.users());
    int kind = random.nextInt(10);
    tasks.start(
        number,
        () -> {
          Call call = call(people, user, kind);
          people.rest().call(call.path(), call.token(), call.request(), call.answer());
        });
  }

  private Call call(Population people, int user, int kind) throws IOException {
    String id = people.id(user);
    String next = people.id((user + 1) % stage.users());
    return switch (kind) {
      case 0 ->
          new Call(
              "/auth/get_user_token",
              people.admin().token(),
              getUserTokenReq
                  .newBuilder()
                  .setUserID(id)
                  .setPlatformID(OTHER_PLATFORM.number())
                  .build(),
              getUserTokenResp.getDefaultInstance());
      case 1, 2, 3 ->
          new Call(
              "/auth/parse_token",
              "",
              parseTokenReq.newBuilder().setToken(people.token(user)).build(),
              parseTokenResp.getDefaultInstance());
      default ->
          new Call(
              "/user/get_users_info",
              people.token(user),
              getDesignateUsersReq
                  .newBuilder()
                  .addUserIDs(id)
                  .addUserIDs(next)
                  .addUserIDs(people.id((user + 2) % stage.users()))
                  .build(),
              getDesignateUsersResp.getDefaultInstance());
    };
  }

  @Override
  public void close() {
    tasks.close();
    if (population != null) {
      population.close();
    }
  }
}
