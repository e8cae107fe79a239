package im.hongyan.embedded;

import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVStore;

/**
 * The server's operations on a file that is written only between them. A document and its index
 * entry are two maps of the file: a write in the middle of an operation would leave one without the
 * other after a kill, and the document could never be written again. Safe for use by several
 * threads.
 */
final class WholeStateBackend extends H2Backend {
  private static final int FILL_RATE_PERCENT = 50;
  private static final int COMPACT_BYTES = 4 << 20;

  private final MVStore store;
  private final ReadWriteLock operations = new ReentrantReadWriteLock(true);

  /** Serves a store whose automatic writing is off. */
  WholeStateBackend(MVStore store) {
    super(store);
    this.store = store;
  }

  /** Writes what has changed. */
  void write() {
    operations.writeLock().lock();
    try {
      if (!store.isClosed() && store.hasUnsavedChanges()) {
        store.commit();
      }
    } finally {
      operations.writeLock().unlock();
    }
  }

  /** Makes room in the file, a part at a time. */
  void compact() {
    operations.writeLock().lock();
    try {
      if (!store.isClosed()) {
        store.compact(FILL_RATE_PERCENT, COMPACT_BYTES);
      }
    } finally {
      operations.writeLock().unlock();
    }
  }

  @Override
  public Document handleCommand(Channel channel, String database, String command, Document query) {
    operations.readLock().lock();
    try {
      return super.handleCommand(channel, database, command, query);
    } finally {
      operations.readLock().unlock();
    }
  }

  @Override
  public QueryResult handleQuery(MongoQuery query) {
    operations.readLock().lock();
    try {
      return super.handleQuery(query);
    } finally {
      operations.readLock().unlock();
    }
  }

  @Override
  public Document handleMessage(MongoMessage message) {
    operations.readLock().lock();
    try {
      return super.handleMessage(message);
    } finally {
      operations.readLock().unlock();
    }
  }
}
