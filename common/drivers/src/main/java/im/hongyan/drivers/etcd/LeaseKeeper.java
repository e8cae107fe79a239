package im.hongyan.drivers.etcd;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.wire.error.ImException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the keys of this process under one lease: renewed three times in its life, granted anew
 * when etcd lost it, whether it ran out while etcd could not be reached or etcd lost its data. Safe
 * for use by several threads; a virtual thread of its own renews. Its creator closes it.
 */
final class LeaseKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final long NONE = 0;
  private static final int RENEWALS = 3;

  private final Etcd etcd;
  private final Duration life;
  private final Map<String, String> keys = new LinkedHashMap<>();
  private final Periodic renewals;
  private long lease = NONE;

  LeaseKeeper(Etcd etcd, Duration life) {
    this.etcd = etcd;
    this.life = life;
    renewals = Periodic.every(life.dividedBy(RENEWALS), "etcd-lease", this::renew);
  }

  synchronized void register(String key, String value) {
    if (lease == NONE) {
      lease = etcd.grant(life);
    }
    etcd.put(key, value, lease);
    keys.put(key, value);
  }

  synchronized void withdraw() {
    keys.clear();
    if (lease != NONE) {
      long ended = lease;
      lease = NONE;
      try {
        etcd.revoke(ended);
      } catch (ImException e) {
        LOG.warn("etcd keeps this process for up to {} s: {}", life.toSeconds(), e.detail());
      }
    }
  }

  private synchronized void renew() {
    if (keys.isEmpty()) {
      return;
    }
    try {
      if (lease == NONE || !etcd.renew(lease)) {
        lease = NONE;
        long granted = etcd.grant(life);
        keys.forEach((key, value) -> etcd.put(key, value, granted));
        lease = granted;
        LOG.info("registered with etcd again");
      }
    } catch (ImException e) {
      LOG.debug("lease not renewed: {}", e.detail());
    }
  }

  @Override
  public void close() {
    renewals.close();
    withdraw();
  }
}
