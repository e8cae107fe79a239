package im.hongyan.messagelog.mysql;

import im.hongyan.messagelog.mysql.SegmentRows.Segment;
import im.hongyan.messagelog.search.Posting;
import im.hongyan.messagelog.search.Posting.Place;
import im.hongyan.messagelog.search.PostingBlocks;
import im.hongyan.messagelog.search.PostingBlocks.Block;
import im.hongyan.messagelog.search.Terms;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Makes one segment of several, step by step. What was deleted for everybody is left out, where its
 * message is in one of them. Holds a few blocks of each. Single-threaded.
 */
final class SegmentMerge {
  private static final int BLOCKS_AT_ONCE = 16;
  private static final int POSTINGS_A_STEP = 100_000;

  /** Deletions beyond that leave their messages' terms where they are; readers skip them anyway. */
  private static final int MAX_ERASED = 100_000;

  private final List<Segment> inputs;
  private final Segment output;
  private final PriorityQueue<Input> next =
      new PriorityQueue<>((a, b) -> Posting.ORDER.compare(a.head(), b.head()));
  private final List<Block> made = new ArrayList<>();
  private final PostingBlocks.Writer writer;
  private final Set<Place> erased = new HashSet<>();
  private @Nullable Posting last;
  private boolean begun;
  private int dropped;

  SegmentMerge(List<Segment> inputs, long number) {
    this.inputs = List.copyOf(inputs);
    long base = inputs.stream().mapToLong(Segment::minSent).min().orElse(0);
    output =
        new Segment(
            inputs.getFirst().lane(),
            number,
            inputs.getFirst().place(),
            inputs.stream().mapToInt(Segment::messages).sum(),
            base,
            inputs.stream().mapToLong(Segment::maxSent).max().orElse(0));
    writer = new PostingBlocks.Writer(base, made::add);
  }

  Segment output() {
    return output;
  }

  List<Segment> inputs() {
    return inputs;
  }

  /** How many messages it holds in the end. */
  int messages() {
    return output.messages() - dropped;
  }

  /** The next blocks, and whether there are more behind them. */
  boolean step(Handle handle) {
    made.clear();
    if (!begun) {
      begun = true;
      for (Segment input : inputs) {
        offer(new Input(input), handle);
      }
    }
    for (int i = 0; i < POSTINGS_A_STEP; i++) {
      Input input = next.poll();
      if (input == null) {
        writer.end();
        return false;
      }
      take(input.head());
      input.taken();
      // Most often the next one is of the same segment, and the queue stays as it is.
      while (++i < POSTINGS_A_STEP && input.hasHead() && isLeast(input)) {
        take(input.head());
        input.taken();
      }
      offer(input, handle);
    }
    return true;
  }

  private boolean isLeast(Input input) {
    Input other = next.peek();
    return other == null || Posting.ORDER.compare(input.head(), other.head()) <= 0;
  }

  /** What the last step made. */
  List<Block> made() {
    return made;
  }

  private void offer(Input input, Handle handle) {
    if (input.fill(handle)) {
      next.add(input);
    }
  }

  private void take(Posting posting) {
    if (last != null && last.term() == posting.term() && last.samePlace(posting)) {
      return;
    }
    last = posting;
    if (posting.term() == Terms.ERASED && erased.size() < MAX_ERASED) {
      erased.add(posting.place());
    } else if (!erased.isEmpty()
        && posting.term() != Terms.ERASED
        && posting.term() != Terms.FIRST_OF_HUNDRED
        && erased.contains(posting.place())) {
      dropped += posting.term() == Terms.ALL ? 1 : 0;
      return;
    }
    writer.add(posting);
  }

  /** The postings of one of the segments, some blocks of them read ahead. */
  private static final class Input {
    private final Segment segment;
    private final Deque<Block> blocks = new ArrayDeque<>();
    private final Deque<Posting> postings = new ArrayDeque<>();
    private long term = Long.MIN_VALUE;
    private int block = -1;
    private boolean whole;

    Input(Segment segment) {
      this.segment = segment;
    }

    Posting head() {
      return postings.getFirst();
    }

    boolean hasHead() {
      return !postings.isEmpty();
    }

    void taken() {
      postings.removeFirst();
    }

    /** Whether there is a posting. */
    boolean fill(Handle handle) {
      while (postings.isEmpty()) {
        if (blocks.isEmpty() && !whole) {
          blocks.addAll(
              SegmentRows.blocks(
                  handle, segment.lane(), segment.number(), term, block, BLOCKS_AT_ONCE));
          whole = blocks.size() < BLOCKS_AT_ONCE;
        }
        Block read = blocks.poll();
        if (read == null) {
          return false;
        }
        term = read.lastTerm();
        block = read.number();
        PostingBlocks.read(read.data(), segment.minSent(), _ -> true, postings::add);
      }
      return true;
    }
  }
}
