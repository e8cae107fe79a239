package im.hongyan.wire.id;

import java.util.Comparator;

/**
 * Order of texts by their UTF-8 bytes, unsigned: the order of code points. It differs from {@link
 * String#compareTo} where surrogates meet characters above them. Stateless.
 */
public enum Utf8Order implements Comparator<String> {
  /** The one instance. */
  INSTANCE;

  @Override
  public int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean surrogateX = Character.isSurrogate(x);
        boolean surrogateY = Character.isSurrogate(y);
        return surrogateX == surrogateY ? Character.compare(x, y) : surrogateX ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
