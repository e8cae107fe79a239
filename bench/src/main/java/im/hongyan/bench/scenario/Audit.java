package im.hongyan.bench.scenario;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Event.ReadPositions.Position;
import im.hongyan.bench.check.History;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Asks a server for everything at the end of a run, and for what somebody must not get, and notes
 * the answers. Safe for use by several threads; calls block.
 */
final class Audit {
  /** Conversations that the outsider tries to read. */
  private static final int TRIALS = 20;

  /** Messages of each that it tries to read. */
  private static final int TRIED_MESSAGES = 10;

  private final History history;

  Audit(History history) {
    this.history = history;
  }

  /** Notes the highest seqs, the read positions and every message that a user can get. */
  void readAll(String userId, GatewayConnection connection) throws IOException {
    GetMaxSeqResp maxSeqs =
        connection.request(
            ReqId.GET_MAX_SEQ,
            GetMaxSeqReq.newBuilder().setUserID(userId).build(),
            GetMaxSeqResp.parser());
    history.add(new Event.MaxSeqs(userId, maxSeqs.getMaxSeqsMap()));
    for (Map.Entry<String, Long> entry : new TreeMap<>(maxSeqs.getMaxSeqsMap()).entrySet()) {
      for (long begin = 1; begin <= entry.getValue(); begin += Pulls.SLICE) {
        pull(
            userId,
            connection,
            entry.getKey(),
            begin,
            Math.min(entry.getValue(), begin + Pulls.SLICE - 1));
      }
    }
    history.add(
        readPositions(
            userId,
            connection.request(
                ReqId.READ_AND_MAX_SEQ,
                readPositionsOf(userId),
                GetConversationsHasReadAndMaxSeqResp.parser())));
  }

  /** Asks for the read positions in all conversations. */
  static GetConversationsHasReadAndMaxSeqReq readPositionsOf(String userId) {
    return GetConversationsHasReadAndMaxSeqReq.newBuilder().setUserID(userId).build();
  }

  /** An answer about read positions as an event. */
  static Event.ReadPositions readPositions(
      String userId, GetConversationsHasReadAndMaxSeqResp answer) {
    Map<String, Position> positions = new HashMap<>();
    answer
        .getSeqsMap()
        .forEach(
            (id, seqs) -> positions.put(id, new Position(seqs.getMaxSeq(), seqs.getHasReadSeq())));
    return new Event.ReadPositions(userId, positions);
  }

  private void pull(
      String userId, GatewayConnection connection, String conversation, long begin, long end)
      throws IOException {
    long askedAt = history.next();
    PullMessageBySeqsResp answer =
        connection.request(
            ReqId.PULL_BY_RANGE,
            Pulls.range(userId, conversation, begin, end),
            PullMessageBySeqsResp.parser());
    history.add(Pulls.event(userId, conversation, begin, end, askedAt, answer));
  }

  /**
   * Tries to read conversations of others in the three ways there are; a refusal is as good as
   * nothing.
   */
  void tryAsOutsider(String userId, GatewayConnection connection) throws IOException {
    List<String> foreign =
        history.entries().stream()
            .map(Entry::event)
            .filter(event ->
                event instanceof Event.Opened opened && !opened.participants().contains(userId))
            .map(event -> ((Event.Opened) event).conversation())
            .limit(TRIALS)
            .toList();
    for (String conversation : foreign) {
      attempt(() -> pull(userId, connection, conversation, 1, TRIED_MESSAGES));
      attempt(() -> pullSeqs(userId, connection, conversation));
      attempt(() -> pullLast(userId, connection, conversation));
    }
  }

  private void pullSeqs(String userId, GatewayConnection connection, String conversation)
      throws IOException {
    GetSeqMessageResp answer =
        connection.request(
            ReqId.PULL_BY_SEQS,
            GetSeqMessageReq.newBuilder()
                .setUserID(userId)
                .addConversations(
                    ConversationSeqs.newBuilder()
                        .setConversationID(conversation)
                        .addAllSeqs(LongStream.rangeClosed(1, TRIED_MESSAGES).boxed().toList()))
                .build(),
            GetSeqMessageResp.parser());
    PullMsgs got = answer.getMsgsMap().getOrDefault(conversation, PullMsgs.getDefaultInstance());
    noteTrial(userId, conversation, got.getMsgsList());
  }

  private void pullLast(String userId, GatewayConnection connection, String conversation)
      throws IOException {
    GetLastMessageResp answer =
        connection.request(
            ReqId.LAST_MESSAGE,
            GetLastMessageReq.newBuilder()
                .setUserID(userId)
                .addConversationIDs(conversation)
                .build(),
            GetLastMessageResp.parser());
    noteTrial(userId, conversation, List.copyOf(answer.getMsgsMap().values()));
  }

  private void noteTrial(String userId, String conversation, List<MsgData> messages) {
    List<Copy> copies = messages.stream().map(Copy::of).toList();
    history.add(
        new Event.Pulled(
            userId, conversation, 1, TRIED_MESSAGES, TRIED_MESSAGES, history.next(), copies));
  }

  private interface Trial {
    void run() throws IOException;
  }

  private static void attempt(Trial trial) throws IOException {
    try {
      trial.run();
    } catch (ImException refused) {
      // That is what an outsider should get.
    }
  }
}
