package im.hongyan.gatewayhttp.content;

import im.hongyan.wire.json.JsonValue.Members;
import java.util.List;

/** The fields of an object that are looked at; others may be there. Immutable. */
record ContentShape(List<ContentField> fields) {
  /** Copies the list. */
  ContentShape {
    fields = List.copyOf(fields);
  }

  static ContentShape of(ContentField... fields) {
    return new ContentShape(List.of(fields));
  }

  /**
   * Checks an object, field by field.
   *
   * @param path of the object, with a dot behind; empty for the content itself
   * @throws im.hongyan.wire.error.ImException 1001 with the path of the first field that is wrong
   */
  void check(String path, Members object) {
    fields.forEach(field -> field.check(path, object.find(field.name())));
  }
}
