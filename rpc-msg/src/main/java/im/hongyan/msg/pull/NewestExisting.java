package im.hongyan.msg.pull;

import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Finds the nearest older message that was not deleted, also where history lags: the last few
 * hundred seqs are read as any reader does, those before them out of history alone. Safe for use by
 * several threads.
 */
final class NewestExisting {
  private static final int CHUNK = 50;
  private static final int MAX_CHUNKS = 10;

  private final UserReader reader;
  private final boolean ownDeletions;

  /**
   * Creates a finder.
   *
   * @param ownDeletions whether what the reading user deleted is passed over too
   */
  NewestExisting(UserReader reader, boolean ownDeletions) {
    this.reader = reader;
    this.ownDeletions = ownDeletions;
  }

  private boolean isThere(StoredMessage stored) {
    return !stored.erased() && !(ownDeletions && stored.marks().deleted());
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
        if (isThere(stored)) {
          return Optional.of(new Found(seq, stored));
        }
      }
      below = least;
    }
    OptionalLong older =
        below > downTo
            ? reader.newestBelow(ownDeletions ? user : UserReader.NOBODY, conversationId, below)
            : OptionalLong.empty();
    if (older.isEmpty() || older.getAsLong() < downTo) {
      return Optional.empty();
    }
    long seq = older.getAsLong();
    StoredMessage stored =
        Objects.requireNonNull(reader.page(user, conversationId, List.of(seq)).get(seq));
    return isThere(stored) ? found(seq, stored) : newest(user, conversationId, seq - 1, downTo);
  }

  private static Optional<Found> found(long seq, StoredMessage stored) {
    return Optional.of(new Found(seq, stored));
  }
}
