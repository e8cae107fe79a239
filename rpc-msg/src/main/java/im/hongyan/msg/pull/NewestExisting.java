package im.hongyan.msg.pull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Finds the nearest older message that was not deleted for everybody, also where history lags: the
 * last few hundred seqs are looked at as any reader does, those before them in history alone.
 * Stateless, but for the reader that it asks.
 */
final class NewestExisting {
  private static final int CHUNK = 50;
  private static final int MAX_CHUNKS = 10;

  private final UserReader reader;

  NewestExisting(UserReader reader) {
    this.reader = reader;
  }

  /** A message that exists, and its seq. */
  record Found(long seq, StoredMessage message) {}

  /** The newest one from a seq down to another, both included. */
  Optional<Found> newest(String userId, String conversationId, long from, long downTo) {
    long below = from + 1;
    for (int i = 0; i < MAX_CHUNKS && below > downTo; i++) {
      // The first is nearly always there.
      long least = Math.max(downTo, below - (i == 0 ? 1 : CHUNK));
      List<Long> seqs = LongStream.range(least, below).boxed().toList().reversed();
      Map<Long, StoredMessage> page = reader.page(userId, conversationId, seqs);
      for (Long seq : seqs) {
        StoredMessage stored = Objects.requireNonNull(page.get(seq));
        if (!stored.erased()) {
          return Optional.of(new Found(seq, stored));
        }
      }
      below = least;
    }
    OptionalLong older =
        below > downTo ? reader.newestBelow(conversationId, below) : OptionalLong.empty();
    if (older.isEmpty() || older.getAsLong() < downTo) {
      return Optional.empty();
    }
    long seq = older.getAsLong();
    StoredMessage stored =
        Objects.requireNonNull(reader.page(userId, conversationId, List.of(seq)).get(seq));
    return stored.erased() ? newest(userId, conversationId, seq - 1, downTo) : found(seq, stored);
  }

  private static Optional<Found> found(long seq, StoredMessage stored) {
    return Optional.of(new Found(seq, stored));
  }
}
