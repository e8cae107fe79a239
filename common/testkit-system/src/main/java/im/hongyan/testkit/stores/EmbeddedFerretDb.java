package im.hongyan.testkit.stores;

import im.hongyan.embedded.Child;
import im.hongyan.embedded.DataFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

/** FerretDB 1 as a child, its data in SQLite files. Its creator closes it. */
final class EmbeddedFerretDb implements AutoCloseable {
  private static final String NAME = "ferretdb";

  private final Child child;
  private final int port;

  EmbeddedFerretDb(DataFolder data, Path program) {
    Child.endLeftover(data, NAME);
    port = data.port(NAME);
    Path home = data.folder(NAME);
    child =
        new Child(
            data,
            NAME,
            List.of(
                program.toString(),
                "--handler=sqlite",
                "--sqlite-url=file:" + home + "/",
                "--state-dir=" + home,
                "--listen-addr=127.0.0.1:" + port,
                "--debug-addr=-",
                "--telemetry=disable",
                "--log-level=WARN"),
            home,
            this::answers);
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  String uri() {
    return "mongodb://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    child.close();
  }
}
