package im.hongyan.messagelog.mongo;

import com.google.common.collect.Lists;
import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOptions;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.bson.Document;
import org.bson.types.Binary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link InboxStore} as its store holds it. Safe for use by several threads. */
public final class MongoInboxStore implements InboxStore {
  private static final Logger LOG = LoggerFactory.getLogger(InboxStore.class);

  /** BadValue, FailedToParse, DocumentValidationFailure, BSONObjectTooLarge, KeyTooLong. */
  private static final Set<Integer> DATA_ERRORS = Set.of(2, 9, 121, 10_334, 17_280);

  private static final ReplaceOptions UPSERT = new ReplaceOptions().upsert(true);

  private static final InsertManyOptions ANY_ORDER = new InsertManyOptions().ordered(false);

  private final MongoCollection<Document> inbox;

  private final MongoCollection<Document> positions;

  private final MongoCollection<Document> deadLetters;

  /** Uses the client's database; the client's owner closes it. */
  public MongoInboxStore(Mongo mongo) {
    inbox = mongo.database().getCollection("inbox");
    positions = mongo.database().getCollection("position");
    deadLetters = mongo.database().getCollection("message_parked");
  }

  @Override
  public void put(List<Entry> entries, Instant storedAt) {
    List<Document> documents = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      documents.add(
          new Document("_id", id(entry.conversationId(), entry.seq()))
              .append("body", new Binary(entry.body()))
              .append("stored_at", storedAt));
    }
    answered(() -> {
      for (List<Document> part : Lists.partition(documents, MAX_IDS)) {
        insertMissing(part);
      }
      return documents.size();
    });
  }

  /**
   * A seq has one message for ever, so one that is there already is the same. What the server
   * refuses for good becomes a dead letter: history has it for the readers, and the lane goes on.
   */
  private void insertMissing(List<Document> documents) {
    try {
      inbox.insertMany(documents, ANY_ORDER);
    } catch (MongoBulkWriteException e) {
      List<BulkWriteError> refusals =
          e.getWriteErrors().stream()
              .filter(error -> error.getCategory() != ErrorCategory.DUPLICATE_KEY)
              .toList();
      if (e.getWriteConcernError() != null
          || !refusals.stream().allMatch(error -> refusedForGood(error.getCode()))) {
        throw e;
      }
      refusals.forEach(error -> keepDeadLetter(documents.get(error.getIndex()), error));
    }
  }

  /** Whether a code says that the document itself cannot be stored, now or later. */
  static boolean refusedForGood(int code) {
    return DATA_ERRORS.contains(code);
  }

  private void keepDeadLetter(Document document, BulkWriteError refusal) {
    String id = document.getString("_id");
    LOG.error(
        "message {} is refused by the inbox and kept as a dead letter: {}",
        id,
        refusal.getMessage());
    deadLetters.replaceOne(
        Filters.eq("_id", id),
        new Document(document).append("reason", refusal.getMessage()),
        UPSERT);
  }

  @Override
  public void remove(String conversationId, Collection<Long> seqs) {
    List<String> ids = seqs.stream().map(seq -> id(conversationId, seq)).toList();
    answered(() -> {
      for (List<String> part : Lists.partition(ids, MAX_IDS)) {
        inbox.deleteMany(Filters.in("_id", part));
      }
      return ids.size();
    });
  }

  @Override
  public Map<Long, byte[]> find(String conversationId, Collection<Long> seqs) {
    Map<Long, byte[]> found = new HashMap<>();
    List<String> ids = seqs.stream().map(seq -> id(conversationId, seq)).toList();
    return answered(() -> {
      for (List<String> some : Lists.partition(ids, MAX_IDS)) {
        for (Document document : inbox.find(Filters.in("_id", some))) {
          String id = document.getString("_id");
          long seq = Long.parseUnsignedLong(id, id.lastIndexOf(':') + 1, id.length(), 16);
          found.put(seq, document.get("body", Binary.class).getData());
        }
      }
      return found;
    });
  }

  @Override
  public FollowerPosition position(int lane) {
    Optional<Document> kept =
        answered(() -> Optional.ofNullable(positions.find(Filters.eq("_id", lane)).first()));
    if (kept.isEmpty()) {
      return FollowerPosition.newBuilder().setOffset(-1).build();
    }
    try {
      return FollowerPosition.parseFrom(kept.get().get("detail", Binary.class).getData());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("the inbox writer's position is damaged", e);
    }
  }

  @Override
  public void setPosition(int lane, FollowerPosition position) {
    answered(() ->
        positions.replaceOne(
            Filters.eq("_id", lane),
            new Document("_id", lane).append("detail", new Binary(position.toByteArray())),
            UPSERT));
  }

  private static <T> T answered(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (MongoException e) {
      throw new StoreUnavailableException("the inbox does not answer", e);
    }
  }

  private static String id(String conversationId, long seq) {
    return conversationId + ":" + HexFormat.of().toHexDigits(seq);
  }
}
