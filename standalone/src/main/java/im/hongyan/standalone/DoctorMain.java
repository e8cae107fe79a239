package im.hongyan.standalone;

import im.hongyan.drivers.check.Finding;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.ConfigFile;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.logging.Logging;
import im.hongyan.server.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ./hongyan doctor}: asks running processes which of their parts are not ready, looks at the
 * stores that they depend on, and says what to do (docs/operations/recovery.md). Exit status 0 when
 * all is well, 1 when something is not, 2 when the command line is wrong.
 */
@Command(
    name = "hongyan doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Says what is wrong with running processes and the stores they depend on, and what to do.")
public final class DoctorMain implements Callable<Integer> {
  private static final int ILL = 1;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "address of a process's operators' pages, several by repeating the option")
  private List<String> urls = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings, which name the address where no URL is given (config/hongyan.yml)")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data of a running ./hongyan run, which names it as well (./data)")
  private Path data = Path.of("data");

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, String> environment;

  private DoctorMain(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs the command line. */
  public static void main(String[] arguments) {
    Logging.startCommand();
    int status =
        execute(
            arguments, new PrintWriter(System.out, true, StandardCharsets.UTF_8), System.getenv());
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Runs a command line; what it has to say goes to the writer. */
  static int execute(String[] arguments, PrintWriter out, Map<String, String> environment) {
    return Program.commandLine(new DoctorMain(environment))
        .setOut(out)
        .setErr(out)
        .execute(arguments);
  }

  @Override
  public Integer call() throws InterruptedException {
    Set<URI> addresses;
    try {
      addresses = addresses();
    } catch (ConfigException | IOException e) {
      say("hongyan: " + e.getMessage());
      return ILL;
    }
    Diagnosis diagnosis = new Diagnosis();
    List<String> silent = new ArrayList<>();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      for (URI address : addresses) {
        Optional<HttpResponse<String>> answer = ask(client, address);
        answer.ifPresentOrElse(
            response -> diagnosis.add(address, response.statusCode(), response.body()),
            () -> silent.add(address.toString()));
      }
    }
    diagnosis.lines().forEach(this::say);
    boolean sound = checkDependencies(silent.isEmpty());
    if (!silent.isEmpty()) {
      say(
          "hongyan: nothing answers at %s; start it, or name its operators' pages with --url"
              .formatted(String.join(", ", silent)));
    }
    return diagnosis.isWell() && sound && silent.isEmpty() ? 0 : ILL;
  }

  /** One line on each store, and one on each problem. */
  private boolean checkDependencies(boolean runs) {
    try {
      List<Finding> findings =
          new DependencyChecks(ConfigFile.chosen(config), environment, data).findings(runs);
      findings.forEach(finding -> say(finding.line()));
      return findings.stream().allMatch(Finding::isWell);
    } catch (ConfigException | IOException e) {
      say("hongyan: " + e.getMessage());
      return false;
    }
  }

  private Set<URI> addresses() throws IOException {
    // Also where something else names the address: a name that is wrong is always said.
    Path settings = ConfigFile.chosen(config);
    Set<URI> addresses = new LinkedHashSet<>();
    for (String url : urls) {
      addresses.add(parsed(url));
    }
    if (addresses.isEmpty()) {
      Optional<URI> kept = ManagementAddress.kept(data);
      addresses.add(
          kept.isPresent()
              ? kept.get()
              : ManagementAddress.of(Settings.load(settings, environment, Map.of())));
    }
    return addresses;
  }

  private URI parsed(String url) {
    try {
      URI uri = URI.create(url);
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return URI.create(url.replaceAll("/+$", ""));
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new ParameterException(
        spec.commandLine(), "--url wants an address such as http://127.0.0.1:10002, not " + url);
  }

  private static Optional<HttpResponse<String>> ask(HttpClient client, URI address)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/readyz")).timeout(TIMEOUT).build();
    try {
      return Optional.of(client.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }
}
