package im.hongyan.standalone.chat;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.message.ContentType;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Messages as lines of a terminal: {@code 09:41 bob: see you}. Immutable. */
record ChatLine(ZoneId zone) {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

  String of(MsgData message) {
    String time = TIME.format(Instant.ofEpochMilli(message.getSendTime()).atZone(zone));
    return time + " " + harmless(message.getSendID()) + ": " + harmless(content(message));
  }

  private static String content(MsgData message) {
    return switch (message.getContentType()) {
      case ContentType.TEXT -> TextContent.read(message.getContent());
      case 102 -> "[picture]";
      case 103 -> "[voice]";
      case 104 -> "[video]";
      case 105 -> "[file]";
      case 1201 -> "[you are friends now]";
      default -> "[message of type " + message.getContentType() + "]";
    };
  }

  /** Control characters could move the cursor or worse: a peer must not command the terminal. */
  static String harmless(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(line::appendCodePoint);
    return line.toString();
  }
}
