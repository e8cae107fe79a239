package im.hongyan.messagelog.lane;

import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.proto.sequencing.Mutation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The full history of messages and, in the same transactions, its writer's position in each lane
 * (docs/sequencing.md, Following). Safe for use by several threads.
 */
public interface HistoryStore {
  /** The writer's name in {@code sequence_position}. */
  String FOLLOWER = "history";

  /** Before the first record. */
  FollowerPosition START = FollowerPosition.newBuilder().setOffset(-1).build();

  /**
   * A stored message.
   *
   * @param body openim.sdkws.MsgData with its seq
   */
  record Row(
      String conversationId,
      long seq,
      String sendId,
      String clientMsgId,
      long sendTimeMillis,
      byte[] body) {}

  /** Highest seqs, none of them newer than the writer's offset in the lane. */
  record Heights(long writerOffset, Map<String, Top> tops) {
    /** Highest seq of a conversation, 0 where it has no message. */
    public long seqOf(String conversationId) {
      Top top = tops.get(conversationId);
      return top == null ? 0 : top.seq();
    }
  }

  /** The newest message of a conversation. */
  record Top(long seq, long sendTimeMillis) {}

  /** A user has read a conversation up to a seq. */
  record ReadMark(String userId, String conversationId, long seq) {}

  /** Whom a stored message to a group mentions. */
  record Mention(String groupId, long seq, String sendId, long sendTimeMillis, Mentions mentions) {}

  /**
   * A stored message that is to be deleted once it was read (docs/protocol/messages.md).
   *
   * @param seconds after it was read
   */
  record PrivateMessage(String conversationId, long seq, String sendId, int seconds) {}

  /** The position of a lane's writer. */
  FollowerPosition position(int lane);

  /**
   * What a batch of the log brings.
   *
   * @param marks how far users have read, sorted by user and conversation
   * @param mutations in the order of the log
   * @param mentions in the order of the log; rpc-relation marks conversations for them
   * @param privates those of the rows that are deleted once they were read
   */
  record Changes(
      List<Row> rows,
      List<ReadMark> marks,
      List<Mutation> mutations,
      List<Mention> mentions,
      List<PrivateMessage> privates) {
    /** Copies the lists. */
    public Changes {
      rows = List.copyOf(rows);
      marks = List.copyOf(marks);
      mutations = List.copyOf(mutations);
      mentions = List.copyOf(mentions);
      privates = List.copyOf(privates);
    }

    /** Without mentions and private messages. */
    public Changes(List<Row> rows, List<ReadMark> marks, List<Mutation> mutations) {
      this(rows, marks, mutations, List.of(), List.of());
    }
  }

  /**
   * Writes messages, then what mutations make of them, read positions and the new position in one
   * transaction.
   *
   * @return false, with nothing written, when another writer moved the position meanwhile
   */
  boolean append(int lane, long expectedOffset, FollowerPosition next, Changes changes);

  /** The stored bodies among these seqs. */
  Map<Long, byte[]> find(String conversationId, Collection<Long> seqs);

  /**
   * Highest seqs of conversations of one lane; those without a message are left out. No seq is
   * newer than the writer's offset.
   */
  Heights heights(int lane, Collection<String> conversationIds);

  /** The message that a client sent under this id, if it is stored. */
  Optional<Row> findSent(String conversationId, String sendId, String clientMsgId);
}
