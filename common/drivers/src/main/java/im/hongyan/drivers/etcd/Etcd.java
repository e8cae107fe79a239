package im.hongyan.drivers.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * etcd: what the registry needs of it, each call bounded in time. A lost connection comes back by
 * itself, and calls fail meanwhile. Safe for use by several threads; its creator closes it.
 */
public final class Etcd implements AutoCloseable {
  private final EtcdConnection connection;
  private final String prefix;
  private final LeaseKeeper lease;

  /**
   * What is stored below a prefix.
   *
   * @param revision of the store; lower than one seen before only when it lost data
   * @param values by key, without the installation's prefix
   */
  record Listing(long revision, Map<String, String> values) {}

  private Etcd(EtcdConfig config) {
    connection = new EtcdConnection(config);
    prefix = config.prefix();
    lease = new LeaseKeeper(this, config.lease());
  }

  /**
   * Connects.
   *
   * @throws ImException 500 with one clear line when no member answers
   */
  public static Etcd open(EtcdConfig config) {
    Etcd etcd = new Etcd(config);
    try {
      etcd.list("");
      return etcd;
    } catch (ImException e) {
      etcd.close();
      throw new StoreUnavailableException(
          "etcd at "
              + String.join(", ", config.addresses())
              + " cannot be used ("
              + e.detail()
              + "); start it, or set etcd.address, etcd.user and etcd.password");
    }
  }

  /**
   * Keeps a key under this process's lease: written again whenever the lease was lost, gone soon
   * after the process.
   *
   * @throws ImException 500 when etcd does not take it now
   */
  public void register(String key, String value) {
    lease.register(key, value);
  }

  /** Takes all registered keys back. */
  public void withdraw() {
    lease.withdraw();
  }

  /**
   * Reports what is stored below a prefix, now and after each change; the last known stays valid
   * while etcd is away. The caller closes the watch.
   *
   * @param listener called by one thread at a time; the keys are without the installation's prefix
   * @throws ImException 500 when etcd does not answer now
   */
  public AutoCloseable watch(String below, Consumer<Map<String, String>> listener) {
    return new PrefixWatch(this, below, listener);
  }

  /**
   * Everything below a prefix now, by key without the installation's prefix.
   *
   * @throws ImException 500 when etcd does not answer now
   */
  public Map<String, String> get(String below) {
    return list(below).values();
  }

  /**
   * Writes and deletes in one transaction, for good.
   *
   * @throws ImException 500 when etcd does not take it now
   */
  public void commit(Map<String, String> puts, Collection<String> deletions) {
    List<Op> operations = new ArrayList<>();
    puts.forEach((key, value) ->
        operations.add(Op.put(bytes(prefix + key), bytes(value), PutOption.DEFAULT)));
    deletions.forEach(key -> operations.add(Op.delete(bytes(prefix + key), DeleteOption.DEFAULT)));
    connection.ask(
        client -> client.getKVClient().txn().Then(operations.toArray(Op[]::new)).commit());
  }

  /** The version of a member that answers. */
  public String version() {
    return connection
        .ask(client ->
            client.getMaintenanceClient().statusMember(connection.firstEndpoint().toString()))
        .getVersion();
  }

  /** Everything below a prefix. */
  Listing list(String below) {
    GetResponse response =
        connection.ask(client ->
            client
                .getKVClient()
                .get(bytes(prefix + below), GetOption.builder().isPrefix(true).build()));
    Map<String, String> values = new TreeMap<>();
    for (KeyValue pair : response.getKvs()) {
      values.put(
          pair.getKey().toString(UTF_8).substring(prefix.length()),
          pair.getValue().toString(UTF_8));
    }
    return new Listing(response.getHeader().getRevision(), values);
  }

  /** Writes a key that goes with the lease. */
  void put(String key, String value, long leaseId) {
    connection.ask(client ->
        client
            .getKVClient()
            .put(
                bytes(prefix + key),
                bytes(value),
                PutOption.builder().withLeaseId(leaseId).build()));
  }

  /** A new lease. */
  long grant(Duration duration) {
    return connection.ask(client -> client.getLeaseClient().grant(duration.toSeconds())).getID();
  }

  /** Renews a lease; false when etcd does not know it any more. */
  boolean renew(long leaseId) {
    try {
      return connection.ask(client -> client.getLeaseClient().keepAliveOnce(leaseId)).getTTL() > 0;
    } catch (ImException e) {
      if (EtcdConnection.notFound(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Ends a lease and what was written under it. */
  void revoke(long leaseId) {
    connection.ask(client -> client.getLeaseClient().revoke(leaseId));
  }

  /**
   * Watches from now on: the observer is called at the start, at each change, and at the end, which
   * may come at any time.
   *
   * @throws ImException 500 when the client was replaced just now
   */
  Watch.Watcher changes(String below, Watch.Listener listener) {
    try {
      return connection
          .client()
          .getWatchClient()
          .watch(
              bytes(prefix + below),
              WatchOption.builder().isPrefix(true).withCreateNotify(true).build(),
              listener);
    } catch (EtcdException closed) {
      throw new StoreUnavailableException(String.valueOf(closed.getMessage()), closed);
    }
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  @Override
  public void close() {
    lease.close();
    connection.close();
  }
}
