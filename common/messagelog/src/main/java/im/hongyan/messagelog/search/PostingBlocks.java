package im.hongyan.messagelog.search;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Sorted postings as blocks of bytes, each of which is read alone: the differences to the posting
 * before as numbers of seven bits a byte. Stateless but for its {@link Writer}.
 */
public final class PostingBlocks {
  /** So many bytes begin another block; a row of it stays within a page of the store. */
  private static final int BLOCK_BYTES = 3_800;

  private PostingBlocks() {}

  /**
   * A block.
   *
   * @param number its place among the blocks of its segment, from 0
   * @param lastTerm of its last posting
   */
  public record Block(int number, long lastTerm, byte[] data) {}

  /** Takes postings in their order. Single-threaded. */
  public static final class Writer {
    private final long base;
    private final Consumer<Block> sink;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(BLOCK_BYTES + 64);
    private int blocks;
    private long term;
    private long conversation;
    private long seq;

    /**
     * Creates a writer.
     *
     * @param base the earliest time that a posting has
     */
    public Writer(long base, Consumer<Block> sink) {
      this.base = base;
      this.sink = sink;
    }

    /** Adds a posting. */
    public void add(Posting posting) {
      if (bytes.size() > BLOCK_BYTES) {
        end();
      }
      if (bytes.size() == 0) {
        term = 0;
      }
      boolean sameTerm = bytes.size() > 0 && posting.term() == term;
      put(sameTerm ? 0 : posting.term() - term);
      long before = sameTerm ? conversation : 0;
      put(posting.conversation() - before);
      put(posting.conversation() == before ? posting.seq() - seq : posting.seq());
      put(Math.max(0, posting.sentMillis() - base));
      put(posting.contentType());
      term = posting.term();
      conversation = posting.conversation();
      seq = posting.seq();
    }

    /** Hands over what is left. */
    public void end() {
      if (bytes.size() > 0) {
        sink.accept(new Block(blocks++, term, bytes.toByteArray()));
        bytes.reset();
      }
    }

    private void put(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) (rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
  }

  /** The blocks of postings that are in their order. */
  public static List<Block> of(long base, List<Posting> sorted) {
    List<Block> blocks = new ArrayList<>();
    Writer writer = new Writer(base, blocks::add);
    sorted.forEach(writer::add);
    writer.end();
    return blocks;
  }

  /** Hands over the postings of a block whose terms are wanted. */
  public static void read(byte[] data, long base, LongPredicate terms, Consumer<Posting> sink) {
    Reader in = new Reader(data);
    long term = 0;
    long conversation = 0;
    long seq = 0;
    boolean wanted = false;
    boolean first = true;
    while (in.at < data.length) {
      long step = in.next();
      if (first || step != 0) {
        term += step;
        conversation = 0;
        wanted = terms.test(term);
      }
      first = false;
      long far = in.next();
      long number = in.next();
      seq = far == 0 ? seq + number : number;
      conversation += far;
      long sent = base + in.next();
      int type = (int) in.next();
      if (wanted) {
        sink.accept(new Posting(term, conversation, seq, sent, type));
      }
    }
  }

  private static final class Reader {
    private final byte[] data;
    private int at;

    Reader(byte[] data) {
      this.data = data;
    }

    long next() {
      long value = 0;
      int shift = 0;
      while (true) {
        byte b = data[at++];
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
        shift += 7;
      }
    }
  }
}
