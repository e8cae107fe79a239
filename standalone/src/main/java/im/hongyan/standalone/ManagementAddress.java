package im.hongyan.standalone;

import im.hongyan.embedded.DataFolder;
import im.hongyan.kit.config.Settings;
import im.hongyan.server.ListenAddress;
import im.hongyan.server.ProcessConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where {@code run} serves its operators' pages, kept in its data folder for commands that ask it.
 * Stateless.
 */
final class ManagementAddress {
  private static final String FILE = "management";

  private ManagementAddress() {}

  /** Keeps the address; nothing where the pages are served nowhere. */
  static void keep(DataFolder data, ProcessConfig own, ListenAddress api) {
    Optional<URI> address =
        own.opsPort() > 0
            ? Optional.of(of("http", own.opsListen(), own.opsPort()))
            : Optional.of(api)
                .filter(at -> local(at.host()))
                .map(at -> of(at.scheme(), at.host(), at.port()));
    try {
      Path file = data.folder("ports").resolve(FILE);
      if (address.isPresent()) {
        DataFolder.writePrivately(file, address.get() + "\n");
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a run over a folder kept, as long as there was one. */
  static Optional<URI> kept(Path data) throws IOException {
    Path file = data.resolve("ports").resolve(FILE);
    return Files.exists(file)
        ? Optional.of(URI.create(Files.readString(file).strip()))
        : Optional.empty();
  }

  /** Where settings say that the pages are. */
  static URI of(Settings settings) {
    ProcessConfig own = ProcessConfig.from(settings);
    if (own.opsPort() > 0) {
      return of("http", own.opsListen(), own.opsPort());
    }
    String scheme = settings.present("gateway.http.tls.certificate") ? "https" : "http";
    return of(
        scheme,
        settings.text("gateway.http.listen", "127.0.0.1"),
        settings.number("gateway.http.port", 10_002, 0, 65_535));
  }

  private static URI of(String scheme, String host, int port) {
    String reached = host.equals("0.0.0.0") ? "127.0.0.1" : host;
    return URI.create(
        scheme + "://" + (reached.contains(":") ? "[" + reached + "]" : reached) + ":" + port);
  }

  private static boolean local(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
