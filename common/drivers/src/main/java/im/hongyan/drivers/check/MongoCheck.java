package im.hongyan.drivers.check;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.kit.config.Secret;
import im.hongyan.wire.error.ImException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.bson.Document;

/** Whether the server of MongoDB's protocol can be used. Stateless; blocks. */
public final class MongoCheck {
  private MongoCheck() {}

  /**
   * What there is to say; writes a document and drops its collection, to see its user's rights.
   *
   * @param named whether an operator chose the server, and with it the version
   */
  public static List<Finding> check(Secret uri, String database, boolean named) {
    String place = "MongoDB at " + Mongo.place(uri);
    List<Finding> findings = new ArrayList<>();
    try (Mongo mongo = Mongo.open(uri, database)) {
      MongoDatabase data = mongo.database();
      String version = data.runCommand(new Document("buildInfo", 1)).getString("version");
      if (named) {
        Finding.requireVersion(findings, place, version, 6, 0);
      }
      checkClock(findings, place, data);
      checkRights(findings, place, data);
      checkDisk(findings, place, data);
      if (findings.isEmpty()) {
        findings.add(Finding.well(place, "version " + version + ", rights and clock are well"));
      }
    } catch (ImException e) {
      findings.add(Finding.unusable(place, e));
    } catch (MongoException e) {
      findings.add(new Finding(place, "fails: " + e.getMessage(), "see its log"));
    }
    return findings;
  }

  /** Servers that do not say what time it is have nothing that depends on it. */
  private static void checkClock(List<Finding> findings, String place, MongoDatabase data) {
    try {
      Instant before = Instant.now();
      Date theirs = data.runCommand(new Document("hello", 1)).getDate("localTime");
      Instant after = Instant.now();
      if (theirs != null) {
        Finding.requireClock(findings, place, before, theirs.toInstant(), after);
      }
    } catch (MongoCommandException e) {
      // It does not say.
    }
  }

  private static void checkRights(List<Finding> findings, String place, MongoDatabase data) {
    MongoCollection<Document> probe = data.getCollection("doctor_" + UUID.randomUUID());
    try {
      probe.insertOne(new Document("_id", 1));
      probe.deleteOne(new Document("_id", 1));
      probe.drop();
    } catch (MongoException e) {
      findings.add(
          new Finding(
              place,
              "its user may not write (" + e.getMessage() + ")",
              "give it the role readWrite on database " + data.getName()));
    }
  }

  /** Servers that do not say how full they are, are believed to have room. */
  private static void checkDisk(List<Finding> findings, String place, MongoDatabase data) {
    try {
      Document stats = data.runCommand(new Document("dbStats", 1));
      if (stats.get("fsTotalSize") instanceof Number total
          && stats.get("fsUsedSize") instanceof Number used) {
        Finding.requireFree(
            findings, place, total.longValue() - used.longValue(), total.longValue());
      }
    } catch (MongoException e) {
      // It does not say.
    }
  }
}
