package im.hongyan.bench;

import im.hongyan.client.fake.FakeIm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** A server in memory and the command line, run on it; what the driver's CPU does is not judged. */
final class Bench implements AutoCloseable {
  final FakeIm server = new FakeIm();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  Bench() throws IOException {}

  /** Runs a scenario for 0.2 s and 0.4 s at 50/s, unless the arguments say otherwise. */
  int run(String scenario, String... more) {
    CommandLine line = BenchMain.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err, true));
    line.setOverwrittenOptionsAllowed(true);
    List<String> all = new ArrayList<>(List.of(scenario));
    all.addAll(List.of("--api", server.api().toString(), "--ws", server.gateway().toString()));
    all.addAll(List.of("--secret", "openIM123", "--max-driver-cores", "100"));
    all.addAll(List.of("--rate", "50", "--warmup", "0.2s", "--duration", "0.4s"));
    all.addAll(List.of("--seed", "1", "--drain", "20s"));
    all.addAll(List.of(more));
    return line.execute(all.toArray(String[]::new));
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
