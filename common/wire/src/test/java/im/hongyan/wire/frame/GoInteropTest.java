package im.hongyan.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.testkit.RequiresTool;
import im.hongyan.testkit.Seeded;
import im.hongyan.wire.gob.MalformedFrameException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves that Go's own gob package reads our frames and that we read its (websocket.md 3). */
@RequiresTool("go")
class GoInteropTest {
  private static final int FRAMES = 500;
  private static final int BUILD_AND_RUN_SECONDS = 180;
  private final GobFrameCodec codec = new GobFrameCodec();

  @Test
  void goReadsOurFramesAndWeReadItsFrames(@TempDir Path folder, @Seeded long seed)
      throws Exception {
    Random random = new Random(seed);
    List<RequestFrame> requests = new ArrayList<>();
    List<ResponseFrame> responses = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < FRAMES; i++) {
      RequestFrame request = request(random);
      ResponseFrame response = response(random);
      requests.add(request);
      responses.add(response);
      lines.add("req " + Base64.getEncoder().encodeToString(codec.encodeRequest(request)));
      lines.add("resp " + Base64.getEncoder().encodeToString(codec.encodeResponse(response)));
    }
    List<String> answers = throughGo(folder, lines);
    assertThat(answers).as("seed %d", seed).hasSameSizeAs(lines);
    for (int i = 0; i < FRAMES; i++) {
      assertThat(codec.decodeRequest(frame(answers.get(2 * i), "req ")))
          .as("seed %d", seed)
          .isEqualTo(requests.get(i));
      assertThat(codec.decodeResponse(frame(answers.get(2 * i + 1), "resp ")))
          .as("seed %d", seed)
          .isEqualTo(responses.get(i));
    }
  }

  private static byte[] frame(String line, String kind) throws MalformedFrameException {
    assertThat(line).startsWith(kind);
    return Base64.getDecoder().decode(line.substring(kind.length()));
  }

  private static List<String> throughGo(Path folder, List<String> lines) throws Exception {
    Path program = folder.resolve("echo.go");
    try (InputStream source = GoInteropTest.class.getResourceAsStream("/go/echo.go.txt")) {
      Files.copy(Objects.requireNonNull(source), program);
    }
    Path input = Files.write(folder.resolve("frames"), lines);
    Path output = folder.resolve("answers");
    ProcessBuilder builder =
        new ProcessBuilder("go", "run", program.toString())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectErrorStream(true);
    builder.environment().put("GOFLAGS", "-mod=mod");
    builder.environment().put("GOCACHE", folder.resolve("cache").toString());
    Process go = builder.start();
    try {
      assertThat(go.waitFor(BUILD_AND_RUN_SECONDS, TimeUnit.SECONDS)).as("go ends").isTrue();
      assertThat(go.exitValue()).as(() -> read(output)).isZero();
    } finally {
      go.destroyForcibly();
    }
    return Files.readAllLines(output);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static RequestFrame request(Random random) {
    return new RequestFrame(
        random.nextInt(), text(random), text(random), text(random), text(random), data(random));
  }

  private static ResponseFrame response(Random random) {
    ByteString data = data(random);
    return new ResponseFrame(
        random.nextInt(),
        text(random),
        text(random),
        random.nextLong(),
        text(random),
        data.isEmpty() ? null : data);
  }

  private static String text(Random random) {
    return random.nextInt(4) == 0 ? "" : "雁" + Long.toString(random.nextLong(), 36) + '\u0000';
  }

  private static ByteString data(Random random) {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(3_000)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
