package im.hongyan.bench;

import im.hongyan.bench.check.History;
import im.hongyan.bench.load.Ramp;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.bench.measure.Report;
import im.hongyan.bench.scenario.LoadRun;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What all scenarios have in common on the command line: options, runs, reports, and the status: 1
 * when messages are missing, the check failed, or the run is void.
 */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class ScenarioCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  @Mixin private TargetOptions target = new TargetOptions();

  @Option(names = "--users", paramLabel = "N", description = "users (depends on the scenario)")
  private int users;

  @Mixin private LoadOptions load = new LoadOptions();
  @Mixin private RampOptions ramp = new RampOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private @Nullable CommandSpec spec;

  /** Users when nobody says how many. */
  abstract int defaultUsers();

  /** Makes the scenario for one run. */
  abstract Scenario scenario(Stage stage);

  /** The scenario's own options as the report's headline has them; empty or ended by a space. */
  String ownOptions(int userCount) {
    return "";
  }

  /** Whether what clients see is recorded and judged. */
  boolean checked() {
    return false;
  }

  /** Messages that are sent before the load begins. */
  int messagesBefore() {
    return 0;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = commandLine().getOut();
    PrintWriter err = commandLine().getErr();
    try {
      return ramp.wanted() ? climb(out) : once(out);
    } catch (ImException refused) {
      err.println("hongyan bench: the server refuses: " + refused.getMessage());
      return FAILED;
    } catch (IOException unreachable) {
      err.println("hongyan bench: " + target.where() + ": " + unreachable);
      return FAILED;
    } catch (IllegalArgumentException impossible) {
      err.println("hongyan bench: " + impossible.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli only");
    }
    return spec.commandLine();
  }

  private int once(PrintWriter out) throws IOException, InterruptedException {
    Report report = run(load.rate(), out);
    output.write(List.of(report));
    return report.passed() ? 0 : FAILED;
  }

  private int climb(PrintWriter out) throws IOException, InterruptedException {
    Ramp search = ramp.ramp(load.rate());
    List<Report> reports = new ArrayList<>();
    while (search.hasNext()) {
      Report report = run(search.next(), out);
      reports.add(report);
      boolean holds = ramp.holds(report);
      out.println(Texts.of(search.next()) + "/s " + (holds ? "holds" : "does not hold"));
      out.println();
      search.result(holds);
    }
    output.write(reports);
    out.printf(
        "highest rate with p99 within %s: %s/s%n", ramp.boundText(), Texts.of(search.best()));
    out.flush();
    return search.best() > 0 ? 0 : FAILED;
  }

  private Report run(double rate, PrintWriter out) throws IOException, InterruptedException {
    int userCount = users == 0 ? defaultUsers() : users;
    Ledger ledger = new Ledger(load.capacity(rate) + messagesBefore());
    History history = checked() ? new History() : null;
    Stage stage = new Stage(target.target(), userCount, load.seed(), ledger, history);
    String headline =
        "%s --users %d %s%s --encoding %s"
            .formatted(
                commandLine().getCommandName(),
                userCount,
                ownOptions(userCount),
                load.headline(rate),
                target.wireName());
    ConsoleProgress progress = ConsoleProgress.on(out);
    try (Scenario scenario = scenario(stage)) {
      Report report =
          new LoadRun(load.plan(headline, rate), load.pids(), progress).run(scenario, ledger);
      progress.end();
      report.lines().forEach(out::println);
      out.flush();
      return report;
    }
  }
}
