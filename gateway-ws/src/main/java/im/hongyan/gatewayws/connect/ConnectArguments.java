package im.hongyan.gatewayws.connect;

import im.hongyan.kit.call.OperationIds;
import im.hongyan.proto.connect.ConnectParameters;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a client says when it connects, in either form (websocket.md 1.2), checked in the order of
 * 1.3 up to the token. The flag of the background may be missing, since mini programs leave it out.
 * Immutable.
 *
 * @param operationId of at most {@link OperationIds#MAX_BYTES}
 * @param json whether envelopes are JSON instead of gob
 * @param gzip whether every message is gzipped
 * @param answered whether the outcome is sent as the first message
 */
public record ConnectArguments(
    String token,
    String userId,
    Platform platform,
    String operationId,
    boolean json,
    boolean gzip,
    boolean answered,
    boolean background) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  /**
   * Reads the query.
   *
   * @param query decoded parameters
   * @param compressionHeader value of the request header, empty where there is none
   * @throws ImException 1602 or 500 for the first argument that is wrong
   */
  public static ConnectArguments read(Map<String, List<String>> query, String compressionHeader) {
    String packed = parameter(query, "v");
    ConnectParameters parameters =
        packed.isEmpty() ? plain(query, compressionHeader) : unpack(packed);
    require(!parameters.getOperationID().isEmpty(), "operationID is empty");
    require(!parameters.getToken().isEmpty(), "token is empty");
    require(!parameters.getUserID().isEmpty(), "sendID is empty");
    Platform platform =
        Platform.of(parameters.getPlatformID())
            .orElseThrow(() -> ImError.CONN_ARGS.with("platformID is invalid"));
    String sdk = parameters.getSdkType();
    require(sdk.isEmpty() || sdk.equals("go") || sdk.equals("js"), "sdkType is invalid");
    return new ConnectArguments(
        parameters.getToken(),
        parameters.getUserID(),
        platform,
        OperationIds.cut(parameters.getOperationID()),
        sdk.equals("js"),
        parameters.getCompression().equals("gzip"),
        parameters.getSendResponse(),
        parameters.getBackground());
  }

  private static ConnectParameters plain(
      Map<String, List<String>> query, String compressionHeader) {
    ConnectParameters.Builder read = ConnectParameters.newBuilder();
    read.setPlatformID(
        number(parameter(query, "platformID"))
            .orElseThrow(() -> ImError.CONN_ARGS.with("platformID is not int")));
    String answered = parameter(query, "isMsgResp");
    if (!answered.isEmpty()) {
      read.setSendResponse(
          bool(answered).orElseThrow(() -> ImError.CONN_ARGS.with("isMsgResp is not bool")));
    }
    String background = parameter(query, "isBackground");
    if (!background.isEmpty()) {
      read.setBackground(
          bool(background).orElseThrow(() -> ImError.INTERNAL.with("invalid syntax")));
    }
    String compression = parameter(query, "compression");
    return read.setToken(parameter(query, "token"))
        .setUserID(parameter(query, "sendID"))
        .setOperationID(parameter(query, "operationID"))
        .setCompression(compression.isEmpty() ? compressionHeader : compression)
        .setSdkType(parameter(query, "sdkType"))
        .setSdkVersion(parameter(query, "sdkVersion"))
        .build();
  }

  private static ConnectParameters unpack(String packed) {
    byte[] json;
    try {
      if (packed.indexOf('=') >= 0) {
        throw new IllegalArgumentException("padded");
      }
      json = Base64.getUrlDecoder().decode(packed.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw ImError.CONN_ARGS.with("data is not base64");
    }
    try {
      return GoJsonReader.read(json, ConnectParameters.getDefaultInstance());
    } catch (GoJsonException e) {
      throw ImError.CONN_ARGS.with("data is not json, info=" + e.getMessage());
    }
  }

  /** A number: ASCII digits alone. */
  private static Optional<Integer> number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Integer.parseInt(text));
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }

  private static Optional<Boolean> bool(String text) {
    if (TRUE.contains(text)) {
      return Optional.of(true);
    }
    return FALSE.contains(text) ? Optional.of(false) : Optional.empty();
  }

  private static String parameter(Map<String, List<String>> query, String name) {
    List<String> values = query.get(name);
    return values == null ? "" : values.getFirst();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw ImError.CONN_ARGS.with(otherwise);
    }
  }

  /** Whether a client asked for the outcome as a message, as far as that can be read. */
  public static boolean asksForAnswer(Map<String, List<String>> query) {
    String packed = parameter(query, "v");
    if (packed.isEmpty()) {
      return TRUE.contains(parameter(query, "isMsgResp"));
    }
    try {
      return unpack(packed).getSendResponse();
    } catch (ImException e) {
      return false;
    }
  }
}
