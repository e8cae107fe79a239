package im.hongyan.kit.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Proves that trace ids of clients are cut at 128 bytes of UTF-8, between characters. */
class CallContextTest {
  @Test
  void longTraceIdsAreCutBetweenCharacters() {
    for (String whole : new String[] {"", "a".repeat(128), "é".repeat(64), "鸿".repeat(42) + "ab"}) {
      assertThat(CallContext.clipped(whole)).isEqualTo(whole);
      assertThat(CallContext.clipped(whole + "x".repeat(128 - bytes(whole)) + "éx"))
          .isEqualTo(whole + "x".repeat(128 - bytes(whole)));
    }
    assertThat(CallContext.clipped("a".repeat(127) + "é")).isEqualTo("a".repeat(127));
    assertThat(CallContext.clipped("a".repeat(125) + "😀")).isEqualTo("a".repeat(125));
    assertThat(CallContext.clipped("a".repeat(124) + "😀b")).isEqualTo("a".repeat(124) + "😀");
  }

  private static int bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
  }
}
