package im.hongyan.bench;

import im.hongyan.bench.scenario.Target;
import im.hongyan.client.session.LoginOptions.Encoding;
import java.net.URI;
import picocli.CommandLine.Option;

/** Which server is measured, and how it is spoken to. */
final class TargetOptions {
  /** What users speak. */
  enum Wire {
    GOB(Encoding.GOB_GZIP),
    JSON(Encoding.JSON);

    private final Encoding encoding;

    Wire(Encoding encoding) {
      this.encoding = encoding;
    }
  }

  @Option(names = "--api", paramLabel = "URL", description = "REST API (${DEFAULT-VALUE})")
  private URI api = URI.create("http://127.0.0.1:10002");

  @Option(names = "--ws", paramLabel = "URL", description = "WebSocket (${DEFAULT-VALUE})")
  private URI gateway = URI.create("ws://127.0.0.1:10001");

  @Option(names = "--secret", paramLabel = "S", required = true, description = "shared secret")
  private String secret = "";

  @Option(names = "--admin-id", paramLabel = "ID", description = "administrator (imAdmin)")
  private String adminId = "imAdmin";

  @Option(names = "--encoding", description = "${COMPLETION-CANDIDATES} (gob with gzip, as SDKs)")
  private Wire wire = Wire.GOB;

  Target target() {
    return new Target(api, gateway, secret, adminId, wire.encoding);
  }

  String wireName() {
    return Texts.lower(wire);
  }

  /** The addresses, for messages about them. */
  String where() {
    return api + " and " + gateway;
  }
}
