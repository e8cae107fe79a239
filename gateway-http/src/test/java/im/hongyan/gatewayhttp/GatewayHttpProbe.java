package im.hongyan.gatewayhttp;

import im.hongyan.kit.http.HttpProbe;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.proto.Declarations;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection to the gateway in memory, with services that answer at once, that is led through
 * what an input says: requests good and bad, pieces of them, silence, and answers in between.
 * Whatever the input, {@link #run} fails unless all holds that {@link HttpProbe} says, and each
 * answer has the headers of CORS and, with status 200, an envelope with a code.
 *
 * <p>The first byte says whether the handler waits until it is told to answer. Then come steps:
 * what to do (bits 0 to 3), whether its bytes wait for those of the next step (4) or come singly
 * (5), a length, bytes.
 */
final class GatewayHttpProbe {
  private static final int MANY = 100_000;
  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static final InstantServices SERVICES = new InstantServices();
  private static final ClientAddresses CLIENTS = ClientAddresses.ofPeers();
  private static final Gateway GATEWAY =
      new Gateway(
          SERVICES,
          METERS,
          new Admission(
              new ConcurrencyLimit("http", MANY, METERS),
              MANY,
              new RequestRates(
                  CLIENTS,
                  Set.of("imAdmin"),
                  () -> new RequestRates.Rates(MANY, MANY, MANY),
                  METERS),
              new SecretGuesses(CLIENTS, () -> MANY)),
          new AnswerReports(SERVICES, METERS),
          GatewayHttpModule.ownRoutes(
              SERVICES, Set.of("imAdmin"), InstantSource.system(), TestOperations.ALONE.centre()),
          new PrometheusTargets(service -> List.of()).reads(),
          im.hongyan.gatewayhttp.openapi.OpenApiPages.create());

  private static final List<String> PATHS =
      Declarations.routes().stream().map(route -> route.route().getPath()).toList();

  private static final List<String> METHODS = List.of("GET", "HEAD", "OPTIONS", "PUT", "POST", "X");

  private final HttpProbe probe = new HttpProbe(GATEWAY);
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

  private GatewayHttpProbe() {}

  /** Leads a connection through an input. */
  static void run(byte[] input) {
    GatewayHttpProbe probe = new GatewayHttpProbe();
    if (input.length > 0) {
      probe.probe.answerLater((input[0] & 1) != 0);
      probe.lead(ByteBuffer.wrap(input, 1, input.length - 1));
    }
    probe.send(false);
    probe.probe.finish().forEach(GatewayHttpProbe::check);
  }

  private void lead(ByteBuffer input) {
    while (input.remaining() >= 2) {
      int what = input.get();
      int length = Byte.toUnsignedInt(input.get());
      byte[] bytes = new byte[Math.min(length, input.remaining())];
      input.get(bytes);
      unsent.writeBytes(bytesOf(what & 0x0f, bytes));
      if ((what & 0x10) == 0) {
        send((what & 0x20) != 0);
      }
    }
  }

  private void send(boolean singly) {
    byte[] bytes = unsent.toByteArray();
    unsent.reset();
    // Singly only what is short, since long bodies would take all of the time.
    probe.send(bytes, singly && bytes.length < 2_000 ? 1 : 16_384);
  }

  private static int first(byte[] bytes) {
    return bytes.length == 0 ? 0 : Byte.toUnsignedInt(bytes[0]);
  }

  private static byte[] rest(byte[] bytes) {
    return bytes.length == 0 ? bytes : java.util.Arrays.copyOfRange(bytes, 1, bytes.length);
  }

  /** Does what a step says, or tells what the client sends. */
  private byte[] bytesOf(int what, byte[] bytes) {
    switch (what) {
      case 1 -> {
        return post(first(bytes), "", rest(bytes));
      }
      case 2 -> {
        return chunked(first(bytes), rest(bytes));
      }
      case 3 -> {
        return join(post(first(bytes), "", "{}".getBytes(StandardCharsets.UTF_8)), rest(bytes));
      }
      case 4 -> {
        return join(ascii("POST /"), bytes, ascii(" HTTP/1.1\r\nHost: x\r\n\r\n"));
      }
      case 5 -> {
        return join(ascii("POST /msg/a HTTP/1.1\r\nHost: x\r\n"), bytes, ascii("\r\n\r\n"));
      }
      case 6 -> {
        String nested = first(bytes) % 2 == 0 ? "[" : "{\"userIDs\":";
        return post(first(bytes), "", ascii(nested.repeat(bytes.length * 50)));
      }
      case 7 -> {
        return post(first(bytes), "", ascii("\"" + "x".repeat(bytes.length * 1_000)));
      }
      case 8 -> probe.advance(Duration.ofSeconds(first(bytes)));
      case 9 -> probe.answerWaiting();
      case 10 -> probe.answerLater(first(bytes) % 2 == 0);
      case 11 -> {
        if (first(bytes) % 2 == 0) {
          probe.drain();
        } else {
          probe.leave();
        }
      }
      case 12 -> {
        return mutated(bytes);
      }
      case 13 -> {
        String path = first(rest(bytes)) % 2 == 0 ? path(first(rest(bytes))) : "/openapi.json";
        String line = METHODS.get(first(bytes) % METHODS.size()) + " " + path;
        return ascii(line + " HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
      }
      case 14 -> {
        return post(first(bytes), "Expect: 100-continue\r\n", rest(bytes));
      }
      case 15 -> {
        byte[] whole = post(first(bytes), "", rest(bytes));
        return java.util.Arrays.copyOf(whole, Math.max(0, whole.length - 1 - first(bytes) / 2));
      }
      default -> {
        return bytes;
      }
    }
    return new byte[0];
  }

  private static String path(int which) {
    return PATHS.get(which % PATHS.size());
  }

  private static String head(int which, String more) {
    String token = which % 5 == 0 ? "token: -old\r\n" : which % 7 == 0 ? "" : "token: imAdmin\r\n";
    String zip = which % 3 == 0 ? "Accept-Encoding: gzip\r\n" : "";
    return "POST "
        + path(which)
        + " HTTP/1.1\r\nHost: x\r\noperationID: "
        + which
        + "\r\n"
        + token
        + zip
        + more;
  }

  private static byte[] post(int which, String more, byte[] body) {
    return join(ascii(head(which, more) + "Content-Length: " + body.length + "\r\n\r\n"), body);
  }

  private static byte[] chunked(int which, byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(ascii(head(which, "Transfer-Encoding: chunked\r\n\r\n")));
    int piece = 1 + which % 16;
    for (int at = 0; at < body.length; at += piece) {
      int length = Math.min(piece, body.length - at);
      all.writeBytes(ascii(Integer.toHexString(length) + "\r\n"));
      all.write(body, at, length);
      all.writeBytes(ascii("\r\n"));
    }
    all.writeBytes(ascii("0\r\n\r\n"));
    return all.toByteArray();
  }

  private static byte[] mutated(byte[] changes) {
    byte[] bytes = post(first(changes), "", ascii("{\"userIDs\":[\"a\"],\"pagination\":null}"));
    for (int i = 1; i + 1 < changes.length; i += 2) {
      bytes[Byte.toUnsignedInt(changes[i]) % bytes.length] ^= changes[i + 1];
    }
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static void check(HttpProbe.Answer answer) {
    String head = answer.head().toLowerCase(java.util.Locale.ROOT);
    if (!head.contains("\r\naccess-control-allow-origin: *\r\n")
        || !head.contains("\r\nx-http-id: ")) {
      throw new AssertionError("an answer lacks headers: " + head);
    }
    if (head.contains("content-security-policy") || answer.body().length == 0) {
      return;
    }
    byte[] body = answer.body();
    try {
      if (head.contains("content-encoding: gzip")) {
        body = Gzip.inflate(body, 10_000_000);
      }
      if (!head.contains("\r\ncontent-type: application/json\r\n")) {
        return;
      }
      JsonNode json = JsonMapper.shared().readTree(body);
      boolean coded = json.isObject() && json.path("errCode").isInt();
      if (!coded && !json.isString() && !json.isArray()) {
        throw new AssertionError("no envelope: " + json);
      }
      // Without etcd, as here, some routes have this code for an answer (rest-message.md 11).
      boolean without = json.path("errDlt").asString("").startsWith("only etcd support");
      boolean internal = json.path("errCode").asInt(0) == 500 && !without;
      if (internal && answer.status() != 400) {
        throw new AssertionError("a client caused a fault: " + json);
      }
    } catch (MalformedFrameException | JacksonException e) {
      throw new AssertionError("not as its headers say: " + head, e);
    }
  }
}
