package im.hongyan.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.auth.login.TokenStore.Ended;
import im.hongyan.testkit.TestClock;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Issues, connects and ends tokens of one user in random order, over any store, and holds what
 * follows to these rules:
 *
 * <ol>
 *   <li>Epochs of a user strictly increase, whatever Redis loses.
 *   <li>A token that logged in after a login is never ended by that login.
 *   <li>A token that did not is ended, unless Redis was lost since that login.
 *   <li>A token that has ended stays ended; the next issue turns 1506 into 1507, and only that.
 *   <li>A new token is good, and is what the policy leaves: policy 0 at most so many a platform, 1
 *       one a platform, 4 one a class, 5 one beside the PCs.
 *   <li>Of what the policy thins out without need for room, the newest stays.
 *   <li>Checks and connections give the same answer, and nothing but an end changes it.
 *   <li>The epoch of a kick lies above every login it hit and below every later one.
 * </ol>
 */
public final class LoginSequences {
  private static final int MOST = 2;
  private static final int[] PLATFORMS = {1, 2, 3, 4, 5, 8, 9, 11, 12};

  private final TokenService service;
  private final Runnable emptyRedis;
  private final TestClock clock;
  private final int policy;
  private final Random random;
  private final UserId user;

  private final Map<String, Model> tokens = new LinkedHashMap<>();
  private final List<Long> epochs = new ArrayList<>();
  private int sinceLoss;

  /** What we know of a token; the order of issue is that of the map. */
  private static final class Model {
    final int platform;
    String answer = "good";
    long login;

    Model(int platform) {
      this.platform = platform;
    }

    boolean good() {
      return answer.equals("good");
    }
  }

  /** Where sequences happen. */
  public record World(TokenStore store, TestClock clock, UserId user, Runnable emptyRedis) {}

  private LoginSequences(World world, long seed) {
    random = new Random(seed);
    int[] policies = {0, 1, 4, 5};
    policy = policies[random.nextInt(policies.length)];
    clock = world.clock();
    user = world.user();
    emptyRedis = world.emptyRedis();
    service = Tokens.service(world.store(), new LoginPolicy(policy, MOST), clock);
  }

  /** Runs a sequence of so many steps. */
  public static void run(World world, long seed, int steps) {
    LoginSequences sequence = new LoginSequences(world, seed);
    for (int step = 0; step < steps; step++) {
      try {
        sequence.step();
        sequence.checkAll();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
      }
    }
  }

  private void step() {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> issue();
      case 3, 4, 5, 6 -> connect();
      case 7, 8 -> end();
      case 9 -> kickPlatform();
      case 10 -> kickOneOrOthers();
      default -> {
        if (random.nextInt(3) == 0) {
          clock.advance(Duration.ofMillis(1));
          emptyRedis.run();
          sinceLoss = epochs.size();
        }
      }
    }
    clock.advance(Duration.ofMillis(random.nextInt(2_500)));
  }

  private void issue() {
    int platform = PLATFORMS[random.nextInt(PLATFORMS.length)];
    Map<String, Model> before = good();
    String token = service.issue(user, platform);
    tokens.values().stream()
        .filter(model -> model.answer.equals(ImError.TOKEN_KICKED.name()))
        .forEach(model -> model.answer = ImError.TOKEN_NOT_EXIST.name());
    // Issued again within the second it is the same one; its place is that of its first issue.
    tokens.computeIfAbsent(token, t -> new Model(platform)).answer = "good";
    before.remove(token);
    before.forEach((old, model) -> model.answer = answer(() -> service.check(old)));
    assertThat(before.values())
        .allMatch(model -> model.good() || model.answer.equals(ImError.TOKEN_KICKED.name()));
    checkPolicy(platform, before);
  }

  private void checkPolicy(int platform, Map<String, Model> before) {
    switch (policy) {
      case 0 -> atMost(MOST, model -> model.platform);
      case 1 -> {
        atMost(1, model -> model.platform);
        newestStays(before, model -> model.platform, platform);
      }
      case 4 -> {
        atMost(1, model -> loginClass(model.platform));
        newestStays(before, model -> loginClass(model.platform), loginClass(platform));
      }
      default -> {
        assertThat(good().values().stream().filter(model -> !pc(model.platform)).count())
            .isLessThanOrEqualTo(1);
        assertThat(before.values()).allMatch(model -> model.good() || !pc(model.platform));
      }
    }
  }

  private <K> void atMost(int most, Function<Model, K> group) {
    assertThat(
            good().values().stream().collect(Collectors.groupingBy(group, Collectors.counting())))
        .allSatisfy((key, count) -> assertThat(count).isLessThanOrEqualTo(most));
  }

  private static <K> void newestStays(Map<String, Model> before, Function<Model, K> group, K own) {
    Map<K, Model> newest = new LinkedHashMap<>();
    before.values().forEach(model -> newest.put(group.apply(model), model));
    newest.remove(own);
    assertThat(newest.values()).allMatch(Model::good);
  }

  private void connect() {
    String token = any();
    if (token.isEmpty()) {
      return;
    }
    Model model = model(token);
    if (model.good()) {
      model.login = service.connect(token).epoch();
      learn(model.login);
    } else {
      assertThat(answer(() -> service.connect(token))).isEqualTo(model.answer);
    }
  }

  private void learn(long epoch) {
    assertThat(epoch).isGreaterThan(epochs.isEmpty() ? 0 : epochs.getLast());
    epochs.add(epoch);
  }

  private void end() {
    String token = any();
    if (token.isEmpty() || epochs.isEmpty()) {
      return;
    }
    Model model = model(token);
    int at = random.nextInt(epochs.size());
    long by = epochs.get(at);
    Ended ended = new Ended(model.platform, VerifiedTokens.hash(token), by);
    service.end(Map.of(user, List.of(ended)));
    if (model.good() && model.login <= by && at >= sinceLoss) {
      model.answer = ImError.TOKEN_KICKED.name();
    }
  }

  private void kickPlatform() {
    int platform = PLATFORMS[random.nextInt(PLATFORMS.length)];
    learn(service.kickPlatform(user, platform));
    kicked(good().entrySet().stream().filter(e -> e.getValue().platform == platform).toList());
  }

  private void kickOneOrOthers() {
    String token = any();
    if (token.isEmpty()) {
      return;
    }
    boolean one = random.nextBoolean();
    if (one) {
      service.kickTokens(List.of(token));
    } else {
      service.kickOthers(user, model(token).platform, token);
    }
    kicked(
        good().entrySet().stream()
            .filter(e -> e.getValue().platform == model(token).platform)
            .filter(e -> e.getKey().equals(token) == one)
            .toList());
  }

  private static void kicked(List<Map.Entry<String, Model>> hit) {
    hit.forEach(entry -> entry.getValue().answer = ImError.TOKEN_KICKED.name());
  }

  private Map<String, Model> good() {
    Map<String, Model> good = new LinkedHashMap<>(tokens);
    good.values().removeIf(model -> !model.good());
    return good;
  }

  private void checkAll() {
    tokens.forEach((token, model) ->
        assertThat(answer(() -> service.check(token)))
            .as("token of platform %s, policy %s", model.platform, policy)
            .isEqualTo(model.answer));
  }

  private String any() {
    List<String> all = List.copyOf(tokens.keySet());
    // Mostly the young ones: the old ones have ended.
    int from = Math.max(0, all.size() - 8);
    return all.isEmpty() ? "" : all.get(from + random.nextInt(all.size() - from));
  }

  private Model model(String token) {
    return java.util.Objects.requireNonNull(tokens.get(token));
  }

  private static String answer(Runnable look) {
    try {
      look.run();
      return "good";
    } catch (ImException e) {
      return ImError.of(e.code()).orElseThrow().name();
    }
  }

  private static boolean pc(int platform) {
    return loginClass(platform).equals("PC");
  }

  private static String loginClass(int platform) {
    return Platform.of(platform).orElseThrow().loginClass();
  }
}
