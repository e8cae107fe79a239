package im.hongyan.drivers.check;

import im.hongyan.drivers.etcd.Etcd;
import im.hongyan.drivers.etcd.EtcdConfig;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Whether etcd can be used. Stateless; blocks. */
public final class EtcdCheck {
  private EtcdCheck() {}

  /** What there is to say; writes a key and deletes it, to see its user's rights. */
  public static List<Finding> check(EtcdConfig config) {
    String place = "etcd at " + String.join(", ", config.addresses());
    List<Finding> findings = new ArrayList<>();
    try (Etcd etcd = Etcd.open(config)) {
      String version = etcd.version();
      Finding.requireVersion(findings, place, version, 3, 4);
      String key = "doctor/" + UUID.randomUUID();
      try {
        etcd.commit(Map.of(key, ""), List.of());
        etcd.commit(Map.of(), List.of(key));
      } catch (ImException e) {
        findings.add(
            new Finding(
                place,
                "its user may not write below " + config.prefix() + " (" + e.detail() + ")",
                "grant its role readwrite on that prefix; where its space is used up, compact and"
                    + " defragment it"));
      }
      if (findings.isEmpty()) {
        findings.add(Finding.well(place, "version " + version + ", rights are well"));
      }
    } catch (ImException e) {
      findings.add(Finding.unusable(place, e));
    }
    return findings;
  }
}
