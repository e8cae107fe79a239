package im.hongyan.sdktests.browser;

import im.hongyan.testkit.RequiresToolCondition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One headless Chromium of the machine. It reaches loopback alone, and ends with this JVM, since
 * its pipe does. Safe for use by several threads; its creator closes it.
 */
public final class Browser implements AutoCloseable {
  /** A file to take instead of what is found on the path. */
  private static final String OWN = "HONGYAN_BROWSER";

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome");
  private static final int STOP_SECONDS = 20;

  /** The pipe's ends are descriptors 3 and 4, which only a shell can arrange. */
  private static final String START =
      "log=$1; shift; exec \"$@\" 3<&0 4>&1 </dev/null >\"$log\" 2>&1";

  private final Process process;
  private final DevTools devTools;

  private Browser(Process process) {
    this.process = process;
    this.devTools = new DevTools(process.getInputStream(), process.getOutputStream());
  }

  /** The machine's browser. */
  public static Optional<Path> find() {
    String own = System.getenv(OWN);
    if (own != null) {
      return Optional.of(Path.of(own)).filter(Files::isExecutable);
    }
    return NAMES.stream().flatMap(name -> RequiresToolCondition.find(name).stream()).findFirst();
  }

  /**
   * Starts a browser.
   *
   * @param folder an empty one for its profile and its log; the creator removes it afterwards
   */
  public static Browser start(Path program, Path folder) {
    List<String> shell =
        List.of("/bin/sh", "-c", START, "sh", folder.resolve("browser.log").toString());
    List<String> browser =
        List.of(
            program.toString(),
            "--headless=new",
            "--remote-debugging-pipe",
            "--user-data-dir=" + folder.resolve("profile"),
            // The sandbox does not start as root, and only our own page is shown.
            "--no-sandbox",
            "--no-first-run",
            "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-extensions",
            "--disable-sync",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(Stream.concat(shell.stream(), browser.stream()).toList());
      return new Browser(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens an empty page with storage of its own, as on a device of its own. */
  public Page open(PageListener listener) {
    return Page.open(devTools, listener);
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
