package im.hongyan.standalone;

import im.hongyan.embedded.DataFolder;
import im.hongyan.kit.config.Settings;
import im.hongyan.server.ListenAddress;
import im.hongyan.server.ProcessConfig;
import im.hongyan.server.Role;
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
            ? Optional.of(of(own.opsAddress()))
            : Optional.of(api).filter(at -> local(at.host())).map(ManagementAddress::of);
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
    return of(
        own.opsPort() > 0 ? own.opsAddress() : Role.GATEWAY_HTTP.addresses(settings).getFirst());
  }

  private static URI of(ListenAddress address) {
    String host = address.host().equals("0.0.0.0") ? "127.0.0.1" : address.host();
    return URI.create(
        "%s://%s:%d"
            .formatted(
                address.scheme(), host.contains(":") ? "[" + host + "]" : host, address.port()));
  }

  private static boolean local(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
