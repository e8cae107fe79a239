package im.hongyan.embedded;

import de.bwaldvogel.mongo.MongoServer;
import im.hongyan.kit.config.Secret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.h2.mvstore.MVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of MongoDB's protocol in this JVM, its data in one file. It flushes once a second, which
 * the inbox writer knows (docs/sequencing.md, Following). The file's store closes itself for good
 * when it cannot be written, on a full disk for example: a thread of our own sees that and opens it
 * again. Its creator closes it.
 */
final class EmbeddedMongo implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedMongo.class);
  static final String NAME = "mongo";
  private static final long CHECK_MILLIS = 1_000;
  private static final int COMPACT_EVERY_TURNS = 10;

  private final int port;
  private final Secret password;
  private final Path file;
  private final MongoAuthentication authentication;
  private final Thread watcher;
  private MVStore store;
  private WholeStateBackend backend;
  private MongoServer server;
  private int turns;
  private boolean closed;

  EmbeddedMongo(DataFolder data) {
    port = data.port(NAME);
    password = data.secret(NAME);
    file = data.folder(NAME).resolve("inbox.h2");
    authentication = new MongoAuthentication(ScramPassword.of(password));
    store = InboxFile.open(file);
    backend = new WholeStateBackend(store, authentication);
    server = serve();
    watcher = Thread.ofPlatform().name("watch-mongo").daemon().start(this::watch);
  }

  private MongoServer serve() {
    MongoServer fresh = new MongoServer(backend);
    fresh.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return fresh;
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(CHECK_MILLIS);
        turn();
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private synchronized void turn() {
    if (closed) {
      return;
    }
    if (backend.isDamaged()) {
      store.closeImmediately();
      reopen(InboxFile::openFresh);
      return;
    }
    if (store.isClosed()) {
      reopen(InboxFile::open);
      return;
    }
    try {
      backend.write();
      if (++turns % COMPACT_EVERY_TURNS == 0) {
        backend.compact();
      }
    } catch (RuntimeException e) {
      LOG.warn("the inbox cannot be written: {}", e.toString());
      store.closeImmediately();
    }
  }

  private void reopen(Function<Path, MVStore> opening) {
    try {
      MVStore fresh = opening.apply(file);
      server.shutdownNow();
      store = fresh;
      backend = new WholeStateBackend(fresh, authentication);
      server = serve();
      LOG.info("the inbox is open again");
    } catch (RuntimeException e) {
      LOG.warn("the inbox cannot be opened again yet: {}", e.toString());
    }
  }

  /** The settings that lead to it. */
  Map<String, String> settings() {
    return settings(port, password);
  }

  static Map<String, String> settings(int port, Secret password) {
    return Map.of(
        "mongo.uri",
        "mongodb://%s:%s@127.0.0.1:%d/?authMechanism=%s"
            .formatted(
                ScramPassword.USER,
                password.reveal(),
                port,
                ScramPassword.MECHANISM.mechanismName()));
  }

  @Override
  public void close() {
    watcher.interrupt();
    synchronized (this) {
      closed = true;
      server.shutdownNow();
      if (!store.isClosed()) {
        backend.write();
        store.close();
      }
    }
  }
}
