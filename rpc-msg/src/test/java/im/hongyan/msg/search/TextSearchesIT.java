package im.hongyan.msg.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.messagelog.mysql.MySqlMessageSearch;
import im.hongyan.messagelog.mysql.MySqlSearchStore;
import im.hongyan.messagelog.search.SearchBatch;
import im.hongyan.messagelog.search.SearchBatch.Message;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.SearchableText;
import im.hongyan.msg.pull.PullFixture;
import im.hongyan.msg.pull.Pulls;
import im.hongyan.msg.pull.SeqWaits;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.search.MessageSearchGrpc;
import im.hongyan.proto.search.SearchTextHit;
import im.hongyan.proto.search.SearchTextReq;
import im.hongyan.proto.search.SearchTextResp;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.testkit.Seeded;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Proves on real stores that a user finds exactly what reading shows to that user: windows, own
 * deletions, revocations and deletions for everybody, wherever these are kept by then.
 */
class TextSearchesIT extends PullFixture {
  private static final String[] WORDS = {"heron", "stork", "鸿雁", "crane 鹤"};

  /** The last seq of each chat. */
  private final Map<String, Long> tops = new HashMap<>();

  private final String mark = "m" + MessageIds.next().substring(0, 6).replaceAll("[0-9]", "q");

  @Override
  protected Feature[] features(Relations relations, UserReader users) {
    return new Feature[] {
      new Pulls(reader, users, relations, new SeqWaits(reader, news, LANES, meters)),
      new TextSearches(Optional.of(new MySqlMessageSearch(mysql, LANES)), users, relations, meters)
    };
  }

  private static void index(String conversation, List<MsgData> messages) {
    SearchStore store = new MySqlSearchStore(mysql);
    int lane = reader.lane(conversation);
    long at = store.position(lane).getOffset();
    List<Message> entries =
        messages.stream()
            .map(one ->
                new Message(
                    conversation,
                    one.getSeq(),
                    one.getSendID(),
                    one.getRecvID(),
                    one.getSendTime(),
                    one.getContentType(),
                    SearchableText.of(one)))
            .toList();
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(at + 1).build();
    assertThat(store.append(lane, at, next, new SearchBatch(entries, List.of(), 1))).isTrue();
  }

  private MsgData text(String conversation, long seq, long sent, String text) {
    return MsgData.newBuilder()
        .setSeq(seq)
        .setSendID("sender")
        .setRecvID(user)
        .setSessionType(1)
        .setClientMsgID(conversation + seq)
        .setSendTime(sent)
        .setContentType(101)
        .setContent(ByteString.copyFromUtf8("{\"content\":\"" + text + "\"}"))
        .build();
  }

  private List<String> all(SearchTextReq request) {
    List<String> found = new ArrayList<>();
    String cursor = "";
    do {
      SearchTextResp page =
          callAs(
              user,
              MessageSearchGrpc.getSearchTextMethod(),
              request.toBuilder().setCursor(cursor).build());
      assertThat(page.getHitsCount()).isLessThanOrEqualTo(request.getLimit());
      page.getHitsList().forEach(hit -> found.add(hit.getConversationID() + "#" + hit.getSeq()));
      cursor = page.getNextCursor();
    } while (!cursor.isEmpty());
    return found;
  }

  @RepeatedTest(5)
  void aUserFindsWhatReadingShows(@Seeded long seed) {
    Random random = new Random(seed);
    List<String> chats = new ArrayList<>();
    for (int peer = 0; peer < 4; peer++) {
      String chat = ConversationId.single(user, "p" + peer + random.nextInt(1 << 30)).value();
      boolean own = peer > 0;
      if (own) {
        row(chat, 0);
        chats.add(chat);
      }
      int count = 5 + random.nextInt(30);
      window(chat, random.nextInt(4), random.nextBoolean() ? 0 : count - random.nextInt(4));
      List<MsgData> messages = new ArrayList<>();
      for (int seq = 1; seq <= count; seq++) {
        String words = mark + " " + WORDS[random.nextInt(WORDS.length)];
        messages.add(text(chat, seq, 1_000 + random.nextInt(500) + 10L * seq, words));
      }
      tops.put(chat, (long) count);
      show(chat, messages);
      if (random.nextBoolean()) {
        history(chat, messages);
      }
      index(chat, messages);
      change(random, chat, count);
    }
    for (String word : WORDS) {
      String keyword = mark + " " + word;
      SearchTextReq request =
          SearchTextReq.newBuilder().setKeyword(keyword).setLimit(1 + random.nextInt(15)).build();
      List<String> read = new ArrayList<>();
      chats.forEach(chat -> read.addAll(reads(chat, word)));
      assertThat(all(request)).as(keyword).containsExactlyInAnyOrderElementsOf(read);
      String one = chats.get(random.nextInt(chats.size()));
      assertThat(all(request.toBuilder().addConversationIDs(one).build()))
          .as("%s in %s", keyword, one)
          .containsExactlyInAnyOrderElementsOf(reads(one, word));
    }
  }

  private void change(Random random, String chat, int count) {
    for (int i = random.nextInt(6); i > 0; i--) {
      long seq = 1 + random.nextLong(count);
      Mutation.Builder change = Mutation.newBuilder().setConversationId(chat);
      switch (random.nextInt(4)) {
        case 0 -> change.setRevocation(Revocation.newBuilder().setSeq(seq).setUserId("sender"));
        case 1 -> change.setDeletion(Deletion.newBuilder().setUserId(user).addSeqs(seq));
        case 2 -> change.setDeletion(Deletion.newBuilder().addSeqs(seq));
        default ->
            change.setClearing(
                Clearing.newBuilder()
                    .setUserId(random.nextBoolean() ? user : "")
                    .setThroughSeq(random.nextInt(1 + count / 4)));
      }
      show(change.build());
    }
  }

  /** What the user reads that holds a word. */
  private List<String> reads(String chat, String word) {
    GetSeqMessageReq request =
        GetSeqMessageReq.newBuilder()
            .setUserID(user)
            .addConversations(
                ConversationSeqs.newBuilder()
                    .setConversationID(chat)
                    .addAllSeqs(
                        LongStream.rangeClosed(1, tops.getOrDefault(chat, 0L)).boxed().toList()))
            .build();
    GetSeqMessageResp read = callAs(user, msgGrpc.getGetSeqMessageMethod(), request);
    return read.getMsgsOrThrow(chat).getMsgsList().stream()
        .filter(one -> one.getStatus() != 4 && one.getContentType() == 101)
        .filter(one -> one.getContent().toStringUtf8().contains(word))
        .map(one -> chat + "#" + one.getSeq())
        .toList();
  }

  @Test
  void hitsComeTheNewestFirstAndFiltersHold() {
    String chat = ConversationId.single(user, "peer").value();
    String other = ConversationId.single(user, "other").value();
    row(chat, 0);
    row(other, 0);
    List<MsgData> messages =
        LongStream.rangeClosed(1, 3).mapToObj(seq -> text(chat, seq, 100 * seq, mark)).toList();
    MsgData file =
        text(other, 1, 250, "").toBuilder()
            .setContentType(105)
            .setSendID("filer")
            .setContent(ByteString.copyFromUtf8("{\"fileName\":\"" + mark + ".pdf\"}"))
            .build();
    show(chat, messages);
    show(other, List.of(file));
    index(chat, messages);
    index(other, List.of(file));
    SearchTextReq asked = SearchTextReq.newBuilder().setKeyword(mark).setLimit(10).build();
    assertThat(all(asked)).containsExactly(chat + "#3", other + "#1", chat + "#2", chat + "#1");
    assertThat(all(asked.toBuilder().setLimit(1).build()))
        .containsExactly(chat + "#3", other + "#1", chat + "#2", chat + "#1");
    assertThat(all(asked.toBuilder().addContentTypes(105).build())).containsExactly(other + "#1");
    assertThat(all(asked.toBuilder().setSendID("filer").build())).containsExactly(other + "#1");
    assertThat(all(asked.toBuilder().setStartTime(200).setEndTime(250).build()))
        .containsExactly(other + "#1", chat + "#2");
    assertThat(callAs(user, MessageSearchGrpc.getSearchTextMethod(), asked).getHitsList())
        .extracting(SearchTextHit::getSnippet)
        .containsExactly(mark, mark + ".pdf", mark, mark);
    assertThat(callAs("stranger", MessageSearchGrpc.getSearchTextMethod(), asked).getHitsList())
        .isEmpty();
    assertThat(callAs("imAdmin", MessageSearchGrpc.getSearchTextMethod(), asked).getHitsList())
        .hasSize(4);
  }

  @Test
  void whereSearchIsOffItIsRefused() {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> TextSearches.require(Optional.empty()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(1001));
  }
}
