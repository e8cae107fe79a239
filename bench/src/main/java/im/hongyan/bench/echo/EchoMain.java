package im.hongyan.bench.echo;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hongyan bench echo}: an {@link EchoGateway} and its REST routes until it is ended. */
@Command(
    name = "echo",
    mixinStandardHelpOptions = true,
    description =
        "A server on loopback that answers every message and pushes it to its receiver, without "
            + "storing or checking anything: what is measured against it is the driver. Gob with "
            + "gzip only; for one-to-one, hot-conversation and idle.")
public final class EchoMain implements Callable<Integer> {
  @Option(names = "--api-port", paramLabel = "PORT", description = "REST (${DEFAULT-VALUE})")
  private int apiPort = 10_002;

  @Option(names = "--ws-port", paramLabel = "PORT", description = "WebSocket (${DEFAULT-VALUE})")
  private int wsPort = 10_001;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the command line. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new EchoMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (EchoRest rest = new EchoRest(apiPort);
        EchoGateway gateway = new EchoGateway(wsPort)) {
      if (spec != null) {
        spec.commandLine()
            .getOut()
            .printf("echoing on %s and %s%n", rest.address(), gateway.address());
        spec.commandLine().getOut().flush();
      }
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
