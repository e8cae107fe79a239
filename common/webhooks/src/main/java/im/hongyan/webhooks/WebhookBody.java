package im.hongyan.webhooks;

import im.hongyan.wire.id.Platform;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The JSON of webhooks, keys and their order as websocket.md 7.7 has them. Stateless. */
final class WebhookBody {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private WebhookBody() {}

  static byte[] of(String command, UserEvent event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("callbackCommand", command);
      json.writeStringProperty("operationID", whole(event.operationId()));
      json.writeNumberProperty("platformID", event.platformId());
      json.writeStringProperty("platform", Platform.labelOf(event.platformId()));
      json.writeStringProperty("userID", whole(event.userId()));
      json.writeNumberProperty("seq", event.atMillis());
      switch (event) {
        case UserEvent.Online online -> {
          json.writeBooleanProperty("isAppBackground", online.background());
          json.writeStringProperty("connID", online.connId());
        }
        case UserEvent.Offline offline -> json.writeStringProperty("connID", offline.connId());
        case UserEvent.KickOff _ -> {}
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /** Clients may send half a character, which is no UTF-8. */
  private static String whole(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
