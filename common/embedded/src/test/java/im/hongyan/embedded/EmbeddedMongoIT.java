package im.hongyan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import im.hongyan.testkit.Eventually;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that the server of the inbox opens to the password of its data folder alone, and that a
 * damaged file is set aside, whether it is found at the start or by a reader.
 */
class EmbeddedMongoIT {
  @TempDir private Path folder;

  private static String uri(EmbeddedMongo mongo) {
    return Objects.requireNonNull(mongo.settings().get("mongo.uri"));
  }

  private static MongoCollection<Document> inbox(MongoClient client) {
    return client.getDatabase("hongyan").getCollection("inbox");
  }

  @Test
  void nobodyReadsOrWritesWithoutThePassword() throws IOException {
    try (DataFolder data = DataFolder.open(folder.resolve("data"));
        EmbeddedMongo mongo = new EmbeddedMongo(data);
        MongoClient owner = MongoClients.create(uri(mongo))) {
      inbox(owner).insertOne(new Document("_id", "si_a_b:1"));
      String open = uri(mongo).replaceFirst("//.*@", "//").replaceFirst("\\?.*", "");
      try (MongoClient stranger = MongoClients.create(open)) {
        assertThatExceptionOfType(MongoCommandException.class)
            .isThrownBy(() -> inbox(stranger).find().first())
            .matches(refusal -> refusal.getErrorCode() == 13);
        assertThatExceptionOfType(MongoException.class)
            .isThrownBy(() -> inbox(stranger).insertOne(new Document("_id", "forged")))
            .matches(refusal -> refusal.getCode() == 13);
        for (String command : new String[] {"listDatabases", "dropDatabase", "serverStatus"}) {
          assertThatExceptionOfType(MongoCommandException.class)
              .as(command)
              .isThrownBy(() -> stranger.getDatabase("admin").runCommand(new Document(command, 1)))
              .matches(refusal -> refusal.getErrorCode() == 13);
        }
      }
      for (String wrong :
          new String[] {
            uri(mongo).replaceFirst(":[0-9a-f]{48}@", ":guess@"),
            uri(mongo).replace("//hongyan:", "//root:"),
            uri(mongo).replace("SCRAM-SHA-256", "PLAIN")
          }) {
        try (MongoClient guessing = MongoClients.create(wrong)) {
          assertThatExceptionOfType(MongoSecurityException.class)
              .isThrownBy(() -> inbox(guessing).find().first());
        }
      }
      assertThat(inbox(owner).countDocuments()).isEqualTo(1);
    }
  }

  @Test
  void aDamagedFileIsSetAsideAtTheStart() throws IOException {
    Path file = folder.resolve("data/mongo/inbox.h2");
    byte[] whole = filled();
    byte[] junk = new byte[8_192];
    new Random(1).nextBytes(junk);
    byte[] text = "junk".repeat(2_000).getBytes(StandardCharsets.UTF_8);
    for (byte[] damaged : new byte[][] {junk, text}) {
      Files.write(file, damaged);
      restartAndUse();
      assertThat(file.resolveSibling("inbox.h2.damaged")).hasBinaryContent(damaged);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    restartAndUse();
  }

  private void restartAndUse() throws IOException {
    try (DataFolder data = DataFolder.open(folder.resolve("data"));
        EmbeddedMongo mongo = new EmbeddedMongo(data);
        MongoClient client = MongoClients.create(uri(mongo))) {
      inbox(client).insertOne(new Document("_id", "after"));
      assertThat(inbox(client).find(new Document("_id", "after")).first()).isNotNull();
      inbox(client).deleteOne(new Document("_id", "after"));
    }
  }

  /** Damage within is met only by who reads there. */
  @Test
  void damageThatAReaderMeetsIsSetAsideWhileItServes() throws IOException {
    Path file = folder.resolve("data/mongo/inbox.h2");
    byte[] whole = filled();
    try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] junk = new byte[20_000];
      new Random(2).nextBytes(junk);
      // Amid the documents, which one chunk holds: what the file knows of the chunk stays whole.
      damaged.seek(whole.length / 2);
      damaged.write(junk);
    }
    try (DataFolder data = DataFolder.open(folder.resolve("data"));
        EmbeddedMongo mongo = new EmbeddedMongo(data);
        MongoClient client = MongoClients.create(uri(mongo))) {
      Eventually.eventually(() -> {
        for (int i = 0; i < DOCUMENTS; i++) {
          inbox(client).find(new Document("_id", "si_a_b:" + i)).first();
        }
        assertThat(file.resolveSibling("inbox.h2.damaged")).exists();
        inbox(client).insertOne(new Document("_id", "after " + System.nanoTime()));
      });
    }
  }

  private static final int DOCUMENTS = 400;

  /** Fills an inbox with what does not compress, in one write, and returns its file. */
  private byte[] filled() throws IOException {
    Random random = new Random(3);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] body = new byte[2_000];
      random.nextBytes(body);
      documents.add(new Document("_id", "si_a_b:" + i).append("body", body));
    }
    try (DataFolder data = DataFolder.open(folder.resolve("data"));
        EmbeddedMongo mongo = new EmbeddedMongo(data);
        MongoClient client = MongoClients.create(uri(mongo))) {
      inbox(client).insertMany(documents);
    }
    return Files.readAllBytes(folder.resolve("data/mongo/inbox.h2"));
  }
}
