package im.hongyan.messagelog.lane;

import im.hongyan.proto.sdkws.MsgDataOrBuilder;
import im.hongyan.wire.message.MessageOption;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Which messages burn after they were read: those that a client marked in {@code options} and
 * {@code attachedInfo} (messaging.md 6.7). Stateless.
 */
public final class PrivateMessages {
  private static final JsonFactory JSON = new JsonFactory();

  private PrivateMessages() {}

  /**
   * How long after it was read a message is to be deleted, in seconds; 0 for one that stays, as
   * does one whose {@code attachedInfo} names no time of at least a second.
   */
  public static int burnSeconds(MsgDataOrBuilder message) {
    String info = message.getAttachedInfo();
    if (info.isEmpty() || MessageOption.NOT_PRIVATE.isOn(message)) {
      return 0;
    }
    boolean isPrivate = false;
    int seconds = 0;
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), info)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return 0;
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("isPrivateChat")) {
          isPrivate = value == JsonToken.VALUE_TRUE;
        } else if (name.equals("burnDuration")) {
          seconds = value == JsonToken.VALUE_NUMBER_INT ? json.getIntValue() : 0;
        }
        json.skipChildren();
      }
    } catch (JacksonException e) {
      return 0;
    }
    return isPrivate ? Math.max(0, seconds) : 0;
  }
}
