package im.hongyan.wire.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Proves that buffers which share arrays never share what was written. */
class JsonBufferTest {
  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private static String written(String value) {
    return text(JsonBuffer.pooled().string(value).finish());
  }

  @Test
  void aShorterTextAfterALongerOneHasNothingOfIt() {
    assertThat(written("x".repeat(50_000))).hasSize(50_002);
    assertThat(written("y")).isEqualTo("\"y\"");
  }

  @Test
  void whatIsWrittenAfterTheEndIsNobodyElses() {
    JsonBuffer ended = JsonBuffer.pooled().raw('a');
    byte[] first = ended.finish();
    JsonBuffer next = JsonBuffer.pooled().raw('b');
    assertThat(ended.raw('c').finish()).containsExactly('c');
    assertThat(next.finish()).containsExactly('b');
    assertThat(first).containsExactly('a');
  }

  @Test
  void manyThreadsGetTheirOwn() throws Exception {
    List<Future<String>> texts = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1_000; i++) {
        String value = Integer.toString(i).repeat(i);
        texts.add(threads.submit(() -> written(value)));
      }
    }
    for (int i = 0; i < texts.size(); i++) {
      assertThat(texts.get(i).get()).isEqualTo('"' + Integer.toString(i).repeat(i) + '"');
    }
  }
}
