package im.hongyan.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.bench.BenchMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** Proves that the echo server is server enough for the driver. */
@Timeout(60)
class EchoTest {
  @Test
  void everyMessageIsAnsweredAndPushed() throws IOException {
    StringWriter out = new StringWriter();
    try (EchoRest rest = new EchoRest(0);
        EchoGateway gateway = new EchoGateway(0)) {
      CommandLine line = BenchMain.commandLine();
      line.setOut(new PrintWriter(out));
      line.execute(
          "one-to-one",
          "--api",
          rest.address().toString(),
          "--ws",
          gateway.address().toString(),
          "--secret",
          "any",
          "--users",
          "5",
          "--rate",
          "100",
          "--warmup",
          "0.1s",
          "--duration",
          "0.3s");
    }
    assertThat(out.toString())
        .contains("acknowledged 40, refused 0, received 40, missing 0, duplicates 0");
  }
}
