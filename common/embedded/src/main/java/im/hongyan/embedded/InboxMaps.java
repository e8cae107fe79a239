package im.hongyan.embedded;

import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.ObjectDataType;

/**
 * Opens the two maps of the inbox before the server does, with types that know what they hold. The
 * server's own would compare ids, and write documents, through Java's serialization: more than half
 * of the CPU of a loaded system. Stateless.
 */
final class InboxMaps {
  private static final String COLLECTION = "hongyan.inbox";

  private InboxMaps() {}

  /** Opens them; the server finds them open by their names. */
  static void open(MVStore store) {
    store.openMap(
        COLLECTION + "._index__id_",
        new MVMap.Builder<KeyValue, Object>()
            .keyType(new IdType())
            .valueType(new ObjectDataType()));
    store.openMap(
        "databases." + COLLECTION,
        new MVMap.Builder<Object, Document>()
            .keyType(new ObjectDataType())
            .valueType(new DocumentType()));
  }

  /** An index entry; nearly all are one text, which is written and compared as such. */
  private static final class IdType extends BasicDataType<KeyValue> {
    private static final byte TEXT = 1;
    private static final byte OTHER = 2;
    private static final int ENTRY_BYTES = 120;

    private final ObjectDataType other = new ObjectDataType();

    @Override
    public int getMemory(KeyValue key) {
      return ENTRY_BYTES;
    }

    @Override
    public int compare(KeyValue a, KeyValue b) {
      String textOfA = text(a);
      String textOfB = text(b);
      if (textOfA != null && textOfB != null) {
        return textOfA.compareTo(textOfB);
      }
      if (textOfA != null || textOfB != null) {
        return textOfA != null ? -1 : 1;
      }
      return other.compare(a, b);
    }

    @Override
    public void write(WriteBuffer buffer, KeyValue key) {
      String text = text(key);
      if (text == null) {
        other.write(buffer.put(OTHER), key);
        return;
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      buffer.put(TEXT).putVarInt(bytes.length).put(bytes);
    }

    @Override
    public KeyValue read(ByteBuffer buffer) {
      if (buffer.get() == OTHER) {
        return (KeyValue) other.read(buffer);
      }
      byte[] bytes = new byte[DataUtils.readVarInt(buffer)];
      buffer.get(bytes);
      return new KeyValue(new String(bytes, StandardCharsets.UTF_8));
    }

    private static @org.jspecify.annotations.Nullable String text(KeyValue key) {
      return key.size() == 1 && key.get(0) instanceof String text ? text : null;
    }

    @Override
    public KeyValue[] createStorage(int size) {
      return new KeyValue[size];
    }
  }

  /** A document, as BSON. */
  private static final class DocumentType extends BasicDataType<Document> {
    private static final int MEMORY_BYTES = 1_000;

    @Override
    public int getMemory(Document document) {
      return MEMORY_BYTES;
    }

    @Override
    public boolean isMemoryEstimationAllowed() {
      return true;
    }

    @Override
    public void write(WriteBuffer buffer, Document document) {
      ByteBuf bson = Unpooled.buffer();
      BsonEncoder.encodeDocument(document, bson);
      buffer.putVarInt(bson.readableBytes()).put(bson.nioBuffer());
    }

    @Override
    public Document read(ByteBuffer buffer) {
      byte[] bson = new byte[DataUtils.readVarInt(buffer)];
      buffer.get(bson);
      return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(bson));
    }

    @Override
    public Document[] createStorage(int size) {
      return new Document[size];
    }
  }
}
