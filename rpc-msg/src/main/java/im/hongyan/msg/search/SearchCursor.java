package im.hongyan.msg.search;

import im.hongyan.messagelog.search.MessageSearch.Cursor;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.nio.ByteBuffer;
import java.util.Base64;

/** A cursor as clients carry it; what is in it is not for them. Stateless. */
final class SearchCursor {
  private static final int BYTES = 3 * Long.BYTES;

  private SearchCursor() {}

  static String text(Cursor cursor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(cursor.sentMillis())
            .putLong(cursor.conversation())
            .putLong(cursor.seq());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * Reads a cursor; an empty one is the beginning.
   *
   * @throws ImException 1001 when it is none of ours
   */
  static Cursor of(String text) {
    if (text.isEmpty()) {
      return Cursor.START;
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw ImError.ARGS.with("cursor is invalid");
    }
    if (bytes.length != BYTES) {
      throw ImError.ARGS.with("cursor is invalid");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new Cursor(in.getLong(), in.getLong(), in.getLong());
  }
}
