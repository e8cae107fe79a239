package im.hongyan.messagelog.search;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.search.PostingBlocks.Block;
import im.hongyan.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Proves that postings come out of their blocks as they went in, and that blocks stay small. */
class PostingBlocksTest {
  @RepeatedTest(20)
  void postingsComeBackAsTheyWere(@Seeded long seed) {
    Random random = new Random(seed);
    long base = random.nextLong(1, 2_000_000_000_000L);
    long[] terms = random.longs(1 + random.nextInt(30), 0, Long.MAX_VALUE).toArray();
    terms[0] = Terms.ERASED;
    List<Posting> postings =
        IntStream.range(0, random.nextInt(5_000))
            .mapToObj(_ ->
                new Posting(
                    terms[random.nextInt(terms.length)] * (random.nextBoolean() ? 1 : -1),
                    1 + random.nextLong(random.nextBoolean() ? 5 : Long.MAX_VALUE / 2),
                    1 + random.nextLong(random.nextBoolean() ? 100 : Long.MAX_VALUE / 2),
                    base + random.nextLong(100_000_000_000L),
                    random.nextInt(5_000)))
            .sorted(Posting.ORDER)
            .distinct()
            .toList();
    List<Block> blocks = PostingBlocks.of(base, postings);
    List<Posting> read = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      assertThat(block.number()).isEqualTo(i);
      assertThat(block.data().length).isLessThan(4_000);
      PostingBlocks.read(block.data(), base, _ -> true, read::add);
      assertThat(read.getLast().term()).isEqualTo(block.lastTerm());
    }
    assertThat(read).isEqualTo(postings);
  }

  @Test
  void onlyTheTermsThatAreWantedAreHandedOver() {
    List<Posting> postings =
        List.of(
            new Posting(-3, 2, 5, 7, 101),
            new Posting(0, 2, 5, 7, 101),
            new Posting(0, 3, 1, 8, 101),
            new Posting(4, 2, 5, 7, 101));
    List<Posting> read = new ArrayList<>();
    PostingBlocks.read(
        PostingBlocks.of(7, postings).getFirst().data(), 7, term -> term == 0, read::add);
    assertThat(read).isEqualTo(postings.subList(1, 3));
  }
}
