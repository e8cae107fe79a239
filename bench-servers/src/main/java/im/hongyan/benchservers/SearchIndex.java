package im.hongyan.benchservers;

import com.google.protobuf.ByteString;
import im.hongyan.bench.measure.ProcessCpu;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.logging.Logging;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.mysql.MySqlHistoryPages;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.mysql.MySqlMessageSearch;
import im.hongyan.messagelog.mysql.MySqlSearchStore;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.MessageSearch.Cursor;
import im.hongyan.messagelog.search.MessageSearch.FactSearch;
import im.hongyan.messagelog.search.MessageSearch.WordSearch;
import im.hongyan.messagelog.search.SearchAnalyzer;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.transfer.search.SearchWriter;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench search}: what the index of words costs, and how fast it answers. */
@Command(
    name = "hongyan bench search",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Starts the embedded MariaDB, gives the follower of the log messages of made-up chats, and "
            + "searches. CPU is that of this process and of MariaDB, merging included.")
public final class SearchIndex implements Callable<Integer> {
  private static final int LANES = 4;
  private static final int GROUPS = 200;
  private static final int CHATS = 20_000;
  private static final int CONVERSATIONS_OF_A_USER = 100;
  private static final int PAGE = 20;
  private static final long FIRST_MILLIS = 1_700_000_000_000L;

  @Option(names = "--messages", description = "how many are indexed (1000000)")
  private int messages = 1_000_000;

  @Option(names = "--batch", description = "how many a poll of the log brings a lane (500)")
  private int batch = 500;

  @Option(names = "--searches", description = "searches of each kind (300)")
  private int searches = 300;

  private final Random random = new Random(7);
  private final ChatTexts texts = new ChatTexts(11);
  private final List<List<String>> conversations = new ArrayList<>();
  private final Map<String, Long> seqs = new HashMap<>();
  private final long[] offsets = new long[LANES];
  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

  private SearchIndex() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SearchIndex()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Logging.start(Settings.load(Path.of("config/hongyan.yml"), System.getenv(), Map.of()));
    people();
    try (Lifecycle lifecycle = new Lifecycle()) {
      DataFolder data = lifecycle.add("data folder", DataFolder.ephemeral());
      Map<String, String> embedded =
          EmbeddedStores.start(EnumSet.of(EmbeddedStores.Kind.MYSQL), data, lifecycle);
      Settings settings = Settings.load(Path.of("config/none.yml"), Map.of(), embedded);
      MySql mysql =
          lifecycle.add("mysql", MySql.open(MySqlConfig.from(settings), new SimpleMeterRegistry()));
      fill(mysql);
      search(new MySqlMessageSearch(mysql, LANES));
    }
    return 0;
  }

  private void people() {
    for (int lane = 0; lane < LANES; lane++) {
      conversations.add(new ArrayList<>());
    }
    for (int i = 0; i < CHATS + GROUPS; i++) {
      String id = i < GROUPS ? "sg_group" + i : "si_u" + i % 2_000 + "_v" + i;
      conversations.get(Lane.of(new ConversationId(id), LANES)).add(id);
    }
  }

  private void fill(MySql mysql) throws IOException {
    SearchWriter writer =
        new SearchWriter(
            new MySqlSearchStore(mysql),
            new SearchWriter.History(
                new MySqlHistoryStore(mysql), new MySqlHistoryPages(mysql), LANES),
            "bench",
            InstantSource.system(),
            new SimpleMeterRegistry());
    for (int lane = 0; lane < LANES; lane++) {
      while (writer.start(lane, 0).from() < 0) {
        // It looks whether there is a history to begin with.
      }
      writer.handle(lane, List.of(claim()));
    }
    List<Long> pids = ProcessHandle.current().children().map(ProcessHandle::pid).toList();
    ProcessCpu cpu = new ProcessCpu();
    List<Long> all = new ArrayList<>(pids);
    all.add(ProcessHandle.current().pid());
    long made = 0;
    List<ProcessCpu.Reading> before = cpu.read(all);
    long makingNanos = 0;
    int steps = 10;
    for (int sent = 0; sent < messages; sent += batch) {
      long start = System.nanoTime();
      int lane = sent / batch % LANES;
      List<LaneRecord> records = records(lane, sent);
      makingNanos += System.nanoTime() - start;
      writer.handle(lane, records);
      writer.finish();
      made += records.size();
      if (made * steps / messages > (made - records.size()) * steps / messages) {
        cost(cpu.read(all), before, made, makingNanos);
      }
    }
    do {
      writer.finish();
    } while (writer.hasPendingWork());
    cost(cpu.read(all), before, made, makingNanos);
    String size =
        mysql
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery(
                        "SELECT CONCAT((SELECT COUNT(*) FROM search_segment), ' segments, ',"
                            + " COUNT(*), ' blocks, ', SUM(LENGTH(data)) DIV 1048576, ' MiB')"
                            + " FROM search_block")
                    .mapTo(String.class)
                    .one());
    out.println(size);
  }

  /** The time that this bench takes to make messages is taken off. */
  private void cost(
      List<ProcessCpu.Reading> now, List<ProcessCpu.Reading> before, long made, long makingNanos) {
    long nanos =
        ProcessCpu.between(before, now).stream().mapToLong(ProcessCpu.Reading::cpuNanos).sum();
    long own = ProcessCpu.between(before, now).getLast().cpuNanos() - makingNanos;
    out.printf(
        Locale.ROOT,
        "%d messages: %.4f ms of CPU each (follower %.4f, MariaDB %.4f)%n",
        made,
        (nanos - makingNanos) / 1e6 / made,
        own / 1e6 / made,
        (nanos - makingNanos - own) / 1e6 / made);
  }

  private LaneRecord claim() {
    SequencedRecord claim =
        SequencedRecord.newBuilder().setClaim(Claim.newBuilder().setOwner("bench")).build();
    return new LaneRecord(0, FIRST_MILLIS, LaneRecords.encode(claim));
  }

  private List<LaneRecord> records(int lane, int sent) {
    List<LaneRecord> records = new ArrayList<>();
    List<String> ids = conversations.get(lane);
    for (int i = 0; i < batch; i++) {
      // Groups come first, and have a good part of the messages.
      String id = ids.get((int) (Math.pow(random.nextDouble(), 3) * ids.size()));
      long seq = seqs.merge(id, 1L, Long::sum);
      long millis = FIRST_MILLIS + 25L * (sent + i);
      MsgData message =
          MsgData.newBuilder()
              .setSendID("u" + random.nextInt(2_000))
              .setRecvID("v" + random.nextInt(2_000))
              .setGroupID(id.startsWith("sg_") ? id.substring(3) : "")
              .setClientMsgID("0123456789abcdef0123456789abcdef")
              .setServerMsgID("0123456789abcdef0123456789abcdef")
              .setSenderNickname("nickname")
              .setContentType(101)
              .setSendTime(millis)
              .setContent(ByteString.copyFromUtf8("{\"content\":\"" + texts.next() + "\"}"))
              .build();
      InboundRecord inbound =
          InboundRecord.newBuilder()
              .addCopies(
                  Copy.newBuilder()
                      .setConversationId(id)
                      .setStored(true)
                      .setSeq(seq)
                      .setMessage(message.toByteString()))
              .build();
      SequencedRecord record = SequencedRecord.newBuilder().setTerm(0).setMessage(inbound).build();
      records.add(new LaneRecord(++offsets[lane], millis, LaneRecords.encode(record)));
    }
    return records;
  }

  private void search(MessageSearch search) {
    SearchAnalyzer analyzer = new SearchAnalyzer();
    out.println("search | p50 ms | p95 ms | max ms | found");
    for (int rank : new int[] {0, 10, 100, 1_000, 10_000}) {
      String keyword = ChatTexts.word(rank);
      run("word of rank " + rank + ", a user", i -> words(search, analyzer, keyword, some(i)));
      run("word of rank " + rank + ", everywhere", i -> words(search, analyzer, keyword, null));
    }
    for (int rank : new int[] {0, 30, 300}) {
      String keyword = ChatTexts.character(rank) + ChatTexts.character(rank + 1);
      run(
          "characters from rank " + rank + ", a user",
          i -> words(search, analyzer, keyword, some(i)));
      run(
          "characters from rank " + rank + ", everywhere",
          i -> words(search, analyzer, keyword, null));
    }
    run(
        "two words, a user",
        i -> words(search, analyzer, ChatTexts.word(i % 50) + " " + ChatTexts.word(40), some(i)));
    run(
        "search_msg of a sender",
        i -> found = (int) search.facts(facts("u" + i, 0, Long.MAX_VALUE)).total());
    run(
        "search_msg of an hour",
        i ->
            found = (int) search.facts(facts("", FIRST_MILLIS, FIRST_MILLIS + 3_600_000L)).total());
  }

  private int found;

  private static FactSearch facts(String sender, long from, long to) {
    return new FactSearch(sender, "", 0, null, from, to, 0, PAGE);
  }

  private void words(
      MessageSearch search, SearchAnalyzer analyzer, String keyword, @Nullable List<String> in) {
    found =
        search
            .words(
                new WordSearch(
                    analyzer.query(keyword).terms(),
                    in,
                    Map.of(),
                    "",
                    Set.of(),
                    0,
                    Long.MAX_VALUE,
                    Cursor.START,
                    PAGE))
            .found()
            .size();
  }

  private List<String> some(int seed) {
    Random drawn = new Random(seed);
    List<String> some = new ArrayList<>();
    for (int i = 0; i < CONVERSATIONS_OF_A_USER; i++) {
      List<String> ids = conversations.get(drawn.nextInt(LANES));
      some.add(ids.get(drawn.nextInt(i < 3 ? GROUPS / LANES : ids.size())));
    }
    return some;
  }

  private void run(String name, IntConsumer search) {
    Histogram nanos = new Histogram(3);
    for (int i = 0; i < searches; i++) {
      long start = System.nanoTime();
      search.accept(i);
      nanos.recordValue(System.nanoTime() - start);
    }
    out.printf(
        Locale.ROOT,
        "%s | %.2f | %.2f | %.2f | %d%n",
        name,
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(95) / 1e6,
        nanos.getMaxValue() / 1e6,
        found);
  }
}
