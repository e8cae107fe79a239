package im.hongyan.kit.http;

/** What a request line asks for (RFC 9112, 3.2). Stateless. */
final class RequestTarget {
  private static final String SCHEME_END = "://";

  private RequestTarget() {}

  /** Path and query of a target; one in absolute form, as sent through proxies, loses its host. */
  static String originForm(String target) {
    int scheme = target.startsWith("/") ? -1 : target.indexOf(SCHEME_END);
    String name = scheme < 0 ? "" : target.substring(0, scheme);
    if (!name.equalsIgnoreCase("http") && !name.equalsIgnoreCase("https")) {
      return target;
    }
    int at = scheme + SCHEME_END.length();
    while (at < target.length() && target.charAt(at) != '/' && target.charAt(at) != '?') {
      at++;
    }
    String rest = target.substring(at);
    return rest.startsWith("/") ? rest : "/" + rest;
  }
}
