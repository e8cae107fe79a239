package im.hongyan.server;

import im.hongyan.kit.config.ConfigFile;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code ./hongyan start SERVICE}: one service as a process of its own, until a signal. Once it
 * serves it prints {@link ServiceProcess#announcement} to standard output, and nothing else there.
 */
@Command(
    name = "hongyan start",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Starts one service as a process of its own and runs until it is stopped.")
public final class StartMain implements Callable<Integer> {
  @Parameters(
      paramLabel = "SERVICE",
      description =
          "rpc-auth, rpc-relation, rpc-msg, msg-transfer, push-service, gateway-ws or gateway-http")
  private String service = "";

  @Option(names = "--config", paramLabel = "FILE", description = "settings (config/hongyan.yml)")
  private @Nullable Path config;

  @Option(
      names = "--node",
      paramLabel = "ID",
      description = "name of the process, the same after every restart (host name and service)")
  private @Nullable String node;

  private StartMain() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    Program.run(new StartMain(), arguments);
  }

  @Override
  public Integer call() {
    Optional<Role> role = Role.find(service);
    if (role.isEmpty()) {
      return Program.refuse("there is no service '" + service + "'; services: " + roles());
    }
    Map<String, String> overrides = new HashMap<>();
    if (node != null) {
      overrides.put("node.id", node);
    }
    return Program.serve(
        () ->
            ServiceProcess.start(
                role.get(),
                ConfigFile.chosen(config),
                System.getenv(),
                overrides,
                Program::endToStartAgain),
        process ->
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)
                .println(process.announcement()));
  }

  private static String roles() {
    return Arrays.stream(Role.values()).map(Role::label).collect(Collectors.joining(", "));
  }
}
