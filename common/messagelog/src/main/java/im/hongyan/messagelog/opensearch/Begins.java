package im.hongyan.messagelog.opensearch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When the newest hundred messages of conversations began, as far as that was read or written
 * lately. Single-threaded.
 */
final class Begins {
  private static final int REMEMBERED = 20_000;

  private record Begin(long first, long sentMillis) {}

  private final Map<Long, Begin> begins =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Begin> eldest) {
          return size() > REMEMBERED;
        }
      };

  void put(long conversation, long first, long sentMillis) {
    Begin known = begins.get(conversation);
    if (known == null || known.first() <= first) {
      begins.put(conversation, new Begin(first, sentMillis));
    }
  }

  @Nullable Long find(long conversation, long first) {
    Begin known = begins.get(conversation);
    return known == null || known.first() != first ? null : known.sentMillis();
  }
}
