package im.hongyan.gatewayhttp.openapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** A JSON object that is put together, such as a schema. For use by one thread. */
final class Node extends LinkedHashMap<String, Object> {
  private static final long serialVersionUID = 1L;
  private static final String REQUIRED = "required";

  /** An object of names and values in turn. */
  static Node of(Object... members) {
    Node node = new Node();
    for (int i = 0; i < members.length; i += 2) {
      node.put((String) members[i], members[i + 1]);
    }
    return node;
  }

  /** A reference to a part of the document. */
  static Node reference(String kind, String name) {
    return of("$ref", "#/components/" + kind + "/" + name);
  }

  /** The object under a name, made where it is not there. */
  Node at(String name) {
    return (Node) computeIfAbsent(name, _ -> new Node());
  }

  /** The schema of a property, made where it is not there. */
  Node property(String name) {
    return at("properties").at(name);
  }

  /** Says of a schema that it has to have a property. */
  void require(String property) {
    List<Object> required = list(REQUIRED);
    if (!required.contains(property)) {
      required.add(property);
    }
  }

  /** Adds a sentence to the description. */
  void describe(String sentence) {
    merge("description", sentence, (before, more) -> before + " " + more);
  }

  @SuppressWarnings("unchecked") // lists are made here alone
  private List<Object> list(String name) {
    return (List<Object>) computeIfAbsent(name, _ -> new ArrayList<>());
  }
}
