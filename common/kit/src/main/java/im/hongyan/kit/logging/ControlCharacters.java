package im.hongyan.kit.logging;

/**
 * Makes control characters visible, so that nobody forges lines or drives a terminal. Stateless.
 */
final class ControlCharacters {
  private ControlCharacters() {}

  private static boolean isControl(char c) {
    return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
  }

  /**
   * The text with its control characters as Java escapes; most texts have none and are as given.
   */
  static String escape(String text) {
    int at = 0;
    while (at < text.length() && !isControl(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, at);
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (!isControl(c)) {
        out.append(c);
        continue;
      }
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append("\\u%04x".formatted((int) c));
      }
    }
    return out.toString();
  }
}
