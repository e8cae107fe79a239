package im.hongyan.wire.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.testkit.Seeded;
import im.hongyan.wire.error.ImException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Proves the id formulas of messaging.md 1.2 and 1.3 and that twins always share a lane. */
class ConversationIdTest {
  @Test
  void singleChatSortsTheTwoUsers() {
    assertThat(ConversationId.single("user2", "user1").value()).isEqualTo("si_user1_user2");
    assertThat(ConversationId.single("user1", "user2").value()).isEqualTo("si_user1_user2");
    assertThat(ConversationId.single("u", "u").value()).isEqualTo("si_u_u");
  }

  @Test
  void eachSessionTypeHasItsPrefix() {
    assertThat(chat(SessionType.SINGLE)).isEqualTo("si_a_b");
    assertThat(chat(SessionType.WRITE_GROUP)).isEqualTo("g_g1");
    assertThat(chat(SessionType.GROUP)).isEqualTo("sg_g1");
    assertThat(chat(SessionType.NOTIFICATION)).isEqualTo("sn_a_b");
    assertThat(ConversationId.group("g1").value()).isEqualTo("sg_g1");
  }

  @Test
  void notificationsOfPairsAndGroups() {
    assertThat(notification(SessionType.SINGLE)).isEqualTo("n_a_b");
    assertThat(notification(SessionType.GROUP)).isEqualTo("n_g1");
    assertThat(notification(SessionType.NOTIFICATION)).isEqualTo("n_a_b");
    assertThat(ConversationId.selfNotification("a").value()).isEqualTo("n_a_a");
  }

  @Test
  void twinReplacesEverythingBeforeTheFirstUnderscore() {
    assertThat(new ConversationId("si_a_b").notificationTwin().value()).isEqualTo("n_a_b");
    assertThat(new ConversationId("sg_g").notificationTwin().value()).isEqualTo("n_g");
    assertThat(new ConversationId("sn_a_b").notificationTwin().value()).isEqualTo("n_a_b");
    assertThat(new ConversationId("plain").notificationTwin().value()).isEmpty();
  }

  @Test
  void kindsAreDistinguishedByPrefix() {
    assertThat(new ConversationId("n_a_b").isNotification()).isTrue();
    assertThat(new ConversationId("sn_a_b").isNotification()).isFalse();
    assertThat(new ConversationId("sg_a").isGroup()).isTrue();
    assertThat(new ConversationId("g_a").isGroup()).isTrue();
    assertThat(new ConversationId("si_g_a").isGroup()).isFalse();
  }

  @Test
  void usersAreOrderedByTheirUtf8Bytes() {
    // U+FF5E sorts above the surrogates of U+1F389 as Java chars, but below it as UTF-8.
    assertThat(ConversationId.pair("\uD83C\uDF89", "\uFF5E")).isEqualTo("\uFF5E_\uD83C\uDF89");
  }

  @Test
  void orderEqualsTheOrderOfUtf8BytesForRandomTexts(@Seeded long seed) {
    Random random = new Random(seed);
    int[] points = {'a', 'b', '_', 0xe9, 0x7fff, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f389};
    for (int i = 0; i < 20_000; i++) {
      String a = text(random, points);
      String b = text(random, points);
      int bytes =
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
      assertThat(Integer.signum(Utf8Order.INSTANCE.compare(a, b)))
          .as("seed %d: %s, %s", seed, a, b)
          .isEqualTo(Integer.signum(bytes));
    }
  }

  @Test
  void twinsShareALane() {
    for (String key : List.of("a_b", "group-1", "x_y", "用户一_用户二")) {
      for (int lanes : new int[] {1, 4, 32}) {
        int lane = Lane.of(new ConversationId("si_" + key), lanes);
        assertThat(lane).isBetween(0, lanes - 1);
        assertThat(Lane.of(new ConversationId("n_" + key), lanes)).isEqualTo(lane);
        assertThat(Lane.of(new ConversationId("sn_" + key), lanes)).isEqualTo(lane);
        assertThat(Lane.of(new ConversationId("sg_" + key), lanes)).isEqualTo(lane);
      }
    }
  }

  @Test
  void laneHashIsFrozen() {
    // These numbers are stored state of every deployment: they may never change.
    assertThat(Lane.ofKey("a_b", 32)).isEqualTo(13);
    assertThat(Lane.ofKey("user1_user2", 32)).isEqualTo(14);
    assertThat(Lane.ofKey("group-1", 32)).isEqualTo(20);
    assertThatThrownBy(() -> Lane.ofKey("a", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lanesAreEvenlyUsed() {
    int[] counts = new int[32];
    for (int i = 0; i < 32_000; i++) {
      counts[Lane.ofKey("u" + i + "_u" + (i + 1), 32)]++;
    }
    assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(800);
    assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThan(1200);
  }

  @Test
  void unknownSessionTypeIsAnArgsError() {
    assertThatThrownBy(() -> SessionType.of(5))
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1001));
    assertThat(SessionType.of(3)).isEqualTo(SessionType.GROUP);
  }

  @Test
  void messageIdsAreLowerCaseHexAndDiffer() {
    assertThat(MessageIds.next()).matches("[0-9a-f]{32}").isNotEqualTo(MessageIds.next());
  }

  @Test
  void platformsKeepNumbersNamesAndClasses() {
    assertThat(Platform.of(11)).contains(Platform.HARMONY_OS);
    assertThat(Platform.of(0)).isEmpty();
    assertThat(Platform.of(12)).contains(Platform.BOT);
    assertThat(Platform.of(13)).isEmpty();
    assertThat(Platform.labelOf(12)).isEqualTo("Bot");
    assertThat(Platform.labelOf(8)).isEqualTo("APad");
    assertThat(Platform.labelOf(99)).isEmpty();
    assertThat(Arrays.stream(Platform.values()).map(Platform::number))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(Arrays.stream(Platform.values()).map(Platform::loginClass))
        .containsExactly(
            "Mobile",
            "Mobile",
            "PC",
            "PC",
            "Web",
            "MiniWeb",
            "PC",
            "Pad",
            "Pad",
            "Admin",
            "HarmonyOS",
            "Bot");
  }

  private static String chat(SessionType type) {
    return ConversationId.chat(type, "b", "a", "g1").value();
  }

  private static String notification(SessionType type) {
    return ConversationId.notification(type, "b", "a", "g1").value();
  }

  private static String text(Random random, int[] points) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(4); n >= 0; n--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }
}
