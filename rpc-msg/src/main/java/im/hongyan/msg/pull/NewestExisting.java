package im.hongyan.msg.pull;

import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Finds the nearest older message that was not deleted for everybody, also where history lags: the
 * last few hundred seqs are read as any reader does, those before them out of history alone. Safe
 * for use by several threads.
 */
final class NewestExisting {
  private static final int CHUNK = 50;
  private static final int MAX_CHUNKS = 10;

  private final UserReader reader;

  NewestExisting(UserReader reader) {
    this.reader = reader;
  }

  record Found(long seq, StoredMessage message) {}

  /** The newest one from a seq down to another, both included. */
  Optional<Found> newest(UserId user, String conversationId, long from, long downTo) {
    long below = from + 1;
    for (int i = 0; i < MAX_CHUNKS && below > downTo; i++) {
      // The first is nearly always there.
      long least = Math.max(downTo, below - (i == 0 ? 1 : CHUNK));
      List<Long> seqs = LongStream.range(least, below).boxed().toList().reversed();
      Map<Long, StoredMessage> page = reader.page(user, conversationId, seqs);
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
        Objects.requireNonNull(reader.page(user, conversationId, List.of(seq)).get(seq));
    return stored.erased() ? newest(user, conversationId, seq - 1, downTo) : found(seq, stored);
  }

  private static Optional<Found> found(long seq, StoredMessage stored) {
    return Optional.of(new Found(seq, stored));
  }
}
