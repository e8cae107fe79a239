package im.hongyan.standalone.chat;

import im.hongyan.server.Program;
import im.hongyan.standalone.DurationOption;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./hongyan chat USER PEER}: chats in the terminal, or sends the lines of a pipe. */
@Command(
    name = "hongyan chat",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Chats with a user in the terminal: each line is a message, /help lists what else a line may "
            + "be, /quit or the end of input ends it. Ends with status 1 when a line was not "
            + "acknowledged or done, or the server cannot be used.")
public final class ChatMain implements Callable<Integer> {
  private static final int FAILED = 1;

  @Parameters(paramLabel = "USER", description = "who writes")
  private String user = "";

  @Parameters(paramLabel = "PEER", description = "who reads")
  private String peer = "";

  @Option(names = "--api", paramLabel = "URL", description = "REST API (http://127.0.0.1:10002)")
  private URI api = URI.create("http://127.0.0.1:10002");

  @Option(names = "--ws", paramLabel = "URL", description = "WebSocket (ws://127.0.0.1:10001)")
  private URI gateway = URI.create("ws://127.0.0.1:10001");

  @Option(names = "--register", description = "make both users where they do not exist")
  private boolean register;

  @Option(
      names = "--secret",
      paramLabel = "S",
      description = "shared secret; a server on this machine is offered its default")
  private @Nullable String secret;

  @Option(names = "--admin-id", paramLabel = "ID", description = "administrator (imAdmin)")
  private String adminId = "imAdmin";

  @Option(names = "--token", paramLabel = "T", description = "login token, instead of a secret")
  private @Nullable String token;

  @Option(
      names = "--linger",
      converter = DurationOption.class,
      description = "how long to go on after the end of input (2s)")
  private Duration linger = Duration.ofSeconds(2);

  private final BufferedReader in;
  private final PrintWriter out;
  private final PrintWriter err;

  ChatMain(BufferedReader in, PrintWriter out, PrintWriter err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs the command line. */
  public static void main(String[] arguments) {
    ChatMain chat =
        new ChatMain(
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    System.exit(Program.commandLine(chat).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try {
      Login login = new Login(api, gateway, adminId, secret, token, register);
      Chat chat = new Chat(login.options(user, peer), api, peer, linger, ZoneId.systemDefault());
      return chat.run(in, out) ? 0 : FAILED;
    } catch (Login.FailedException failed) {
      err.println("hongyan chat: " + failed.getMessage());
      return FAILED;
    }
  }
}
