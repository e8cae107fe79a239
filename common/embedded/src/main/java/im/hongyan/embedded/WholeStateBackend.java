package im.hongyan.embedded;

import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

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
  private final MongoAuthentication authentication;
  private volatile boolean damaged;
  private final ReadWriteLock operations = new ReentrantReadWriteLock(true);

  /** Serves a store whose automatic writing is off, to those who log in. */
  WholeStateBackend(MVStore store, MongoAuthentication authentication) {
    super(store);
    this.store = store;
    this.authentication = authentication;
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

  /** Whether an operation met what cannot be read. */
  boolean isDamaged() {
    return damaged;
  }

  @Override
  public Document handleCommand(Channel channel, String database, String command, Document query) {
    return authentication
        .answer(channel, command, query)
        .orElseGet(() -> whole(() -> super.handleCommand(channel, database, command, query)));
  }

  /** A request older than commands, which our drivers never send. */
  @Override
  public QueryResult handleQuery(MongoQuery query) {
    if (!authentication.isDone(query.getChannel())) {
      query.getChannel().close();
      return new QueryResult();
    }
    return whole(() -> super.handleQuery(query));
  }

  @Override
  public Collection<Document> getCurrentOperations(MongoQuery query) {
    return authentication.isDone(query.getChannel())
        ? super.getCurrentOperations(query)
        : List.of();
  }

  @Override
  public Document handleMessage(MongoMessage message) {
    Document request = message.getDocument();
    return authentication
        .answer(message.getChannel(), request.keySet().iterator().next(), request)
        .orElseGet(() -> whole(() -> super.handleMessage(message)));
  }

  private <T> T whole(Supplier<T> operation) {
    operations.readLock().lock();
    try {
      return operation.get();
    } catch (MVStoreException e) {
      if (InboxFile.isDamage(e)) {
        damaged = true;
      }
      throw e;
    } finally {
      operations.readLock().unlock();
    }
  }
}
