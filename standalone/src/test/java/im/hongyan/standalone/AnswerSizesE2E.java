package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that whatever is accepted reaches clients of every form whole, by the rules by which
 * official SDKs pull (websocket.md 8.2 to 8.6), and that what could not is refused at the send.
 */
@ExtendWith(SharedSystem.class)
class AnswerSizesE2E {
  private static final int MESSAGES = 40;

  /** As many seqs as SDKs ask for at once when a history is opened. */
  private static final int GAP = 50;

  private static SystemAddress system;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
  }

  private static LoginOptions login(String name) {
    return system.login(name + MessageIds.next().substring(0, 8), Platform.ANDROID);
  }

  /** A content that compresses well or not at all, as long as a client can send it. */
  private static ByteString content(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> json("a".repeat(600_000 + random.nextInt(100_000)));
      case 1 -> json("short");
      default -> {
        byte[] noise = new byte[random.nextInt(24_000)];
        random.nextBytes(noise);
        yield json(Base64.getEncoder().encodeToString(noise));
      }
    };
  }

  private static ByteString json(String text) {
    return ByteString.copyFromUtf8("{\"content\":\"" + text + "\"}");
  }

  @Test
  void whateverIsAcceptedReachesEveryKindOfClientWhole(@Seeded long seed) {
    Random random = new Random(seed);
    LoginOptions sender = login("alice").with(Encoding.GOB_GZIP);
    LoginOptions receiver = login("bob");
    String chat = ConversationId.single(sender.userId(), receiver.userId()).value();
    List<MsgData> sent = new ArrayList<>();
    try (TestUser alice = new TestUser(sender);
        TestUser json = new TestUser(receiver.with(Encoding.JSON))) {
      for (int i = 0; i < MESSAGES; i++) {
        MsgData message =
            alice.text(receiver.userId(), "").toBuilder().setContent(content(random)).build();
        alice.send(message);
        sent.add(message);
      }
      for (MsgData message : sent) {
        assertThat(json.awaitPush().message().getContent()).isEqualTo(message.getContent());
      }
    }
    for (Encoding form : Encoding.values()) {
      try (TestUser bob = new TestUser(receiver.with(form))) {
        assertThat(pulledBySdkRules(bob, chat, random))
            .as("%s", form)
            .isEqualTo(sent.stream().map(MsgData::getContent).toList());
        GetLastMessageResp last =
            bob.request(
                ReqId.LAST_MESSAGE,
                GetLastMessageReq.newBuilder().setUserID(bob.id()).addConversationIDs(chat).build(),
                GetLastMessageResp.parser());
        assertThat(last.getMsgsOrThrow(chat).getContent()).isEqualTo(sent.getLast().getContent());
      }
    }
  }

  /** The newest with 1002, all older ones as a gap with 1005, from either end. */
  private static List<ByteString> pulledBySdkRules(TestUser bob, String chat, Random random) {
    Map<Long, ByteString> local = new HashMap<>();
    Eventually.eventually(() -> {
      List<MsgData> newest = bob.pull(chat, 1, MESSAGES);
      assertThat(newest).isNotEmpty();
      assertThat(newest.getLast().getSeq()).isEqualTo(MESSAGES);
      newest.forEach(message -> local.put(message.getSeq(), message.getContent()));
    });
    while (local.size() < MESSAGES) {
      TreeSet<Long> gap = new TreeSet<>();
      for (long seq = 1; seq <= MESSAGES; seq++) {
        if (!local.containsKey(seq)) {
          gap.add(seq);
        }
      }
      boolean older = random.nextBoolean();
      List<Long> asked =
          older
              ? List.copyOf(gap).subList(Math.max(0, gap.size() - GAP), gap.size())
              : List.copyOf(gap).subList(0, Math.min(GAP, gap.size()));
      PullMsgs page =
          bob.request(
                  ReqId.PULL_BY_SEQS,
                  GetSeqMessageReq.newBuilder()
                      .setUserID(bob.id())
                      .setOrder(older ? PullOrder.PullOrderDesc : PullOrder.PullOrderAsc)
                      .addConversations(
                          ConversationSeqs.newBuilder().setConversationID(chat).addAllSeqs(asked))
                      .build(),
                  GetSeqMessageResp.parser())
              .getMsgsOrThrow(chat);
      assertThat(page.getMsgsList()).as("of a gap something comes").isNotEmpty();
      assertThat(page.getIsEnd()).as("no seq lies beyond the conversation").isFalse();
      page.getMsgsList().forEach(message -> local.put(message.getSeq(), message.getContent()));
    }
    return new TreeSet<>(local.keySet()).stream().map(local::get).toList();
  }

  @Test
  void whatFitsIntoNoAnswerIsRefusedAtTheSend() {
    try (TestUser alice = new TestUser(login("alice").with(Encoding.GOB_GZIP))) {
      LoginOptions bob = login("bob");
      MsgData.Builder message = alice.text(bob.userId(), "").toBuilder();
      MsgData most = message.setContent(json("a".repeat(FrameLimits.MAX_MESSAGE_BYTES))).build();
      assertThatThrownBy(() -> alice.send(most))
          .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1001));
      int beside = message.setContent(json("a")).build().getSerializedSize() + 16;
      MsgData fits =
          message.setContent(json("a".repeat(FrameLimits.MAX_MESSAGE_BYTES - beside))).build();
      alice.send(fits);
      alice.awaitPush();
      try (TestUser json = new TestUser(bob.with(Encoding.JSON))) {
        String chat = ConversationId.single(alice.id(), json.id()).value();
        assertThat(json.pull(chat, 1, 1))
            .extracting(MsgData::getContent)
            .containsExactly(fits.getContent());
      }
    }
  }
}
