package im.hongyan.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the inbox, written by {@link WholeStateBackend} alone. The inbox may vanish, since
 * readers go on to history: a file that cannot be read is set aside and a fresh one begun.
 * Stateless.
 */
final class InboxFile {
  private static final Logger LOG = LoggerFactory.getLogger(InboxFile.class);
  private static final int CACHE_MEGABYTES = 16;
  private static final Set<Integer> DAMAGE =
      Set.of(
          DataUtils.ERROR_FILE_CORRUPT,
          DataUtils.ERROR_CHUNK_NOT_FOUND,
          DataUtils.ERROR_BLOCK_NOT_FOUND,
          DataUtils.ERROR_UNSUPPORTED_FORMAT,
          DataUtils.ERROR_SERIALIZATION,
          DataUtils.ERROR_INTERNAL);

  private InboxFile() {}

  /** Opens it, empty where there is none or what is there is damaged. */
  static MVStore open(Path file) {
    try {
      return read(file);
    } catch (MVStoreException e) {
      if (!isDamage(e)) {
        throw e;
      }
      LOG.warn("the inbox's file cannot be read: {}", e.getMessage());
      return openFresh(file);
    }
  }

  /** Sets the file aside, which is closed, and opens an empty one. */
  static MVStore openFresh(Path file) {
    try {
      LOG.warn(
          "the inbox's file is set aside as {}; the inbox begins empty, and older messages are read"
              + " from history",
          DataFolder.setAside(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return read(file);
  }

  private static MVStore read(Path file) {
    MVStore opened =
        new MVStore.Builder()
            .fileName(file.toString())
            .cacheSize(CACHE_MEGABYTES)
            .compress()
            .autoCommitDisabled()
            .autoCommitBufferSize(0)
            .backgroundExceptionHandler((thread, failure) ->
                LOG.warn("the inbox cannot be written: {}", failure.toString()))
            .open();
    boolean whole = false;
    try {
      InboxMaps.open(opened);
      whole = true;
      return opened;
    } finally {
      if (!whole) {
        opened.closeImmediately();
      }
    }
  }

  /** Whether a failure is about what the file holds, not about the disk or a limit. */
  static boolean isDamage(MVStoreException failure) {
    return DAMAGE.contains(failure.getErrorCode())
        || (failure.getErrorCode() == DataUtils.ERROR_READING_FAILED
            && failure.getCause() instanceof EOFException);
  }
}
