package im.hongyan.messagelog.redis;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.redis.RedisAnswers;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.lane.UserWindow;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hash that shows a conversation's mutations until history has them: how its fields are named
 * and what they hold. A value is {@code offset:rank:payload}; the script that applies batches knows
 * that much. Stateless.
 */
final class Overlay {
  private static final byte[] NOTHING = {};
  private static final byte[] EVERYBODY = {'m'};

  /** Fields of a user's window. */
  static final int WINDOW_FIELDS = 3;

  /** Fields of a message. */
  static final int MESSAGE_FIELDS = 4;

  private Overlay() {}

  static List<byte[]> windowFields(String userId) {
    return List.of(EVERYBODY, field("n:", userId), field("x:", userId));
  }

  static List<byte[]> messageFields(String userId, long seq) {
    return List.of(
        field("r:", seq), field("e:", seq), field("d:", seq + ":" + userId), field("v:", seq));
  }

  private static byte[] field(String kind, Object of) {
    return RedisScript.bytes(kind + of);
  }

  /** What the window's fields say. */
  static UserWindow window(List<?> values, long read) {
    Value left = Value.of(values.get(2));
    return new UserWindow(
        Value.of(values.get(0)).rank(),
        Value.of(values.get(1)).rank(),
        left.payload().length == 0 ? 0 : Long.parseLong(RedisAnswers.text(left.payload())),
        left.rank(),
        read);
  }

  /** What a message's fields say. */
  static MessageMarks marks(List<?> values) {
    return new MessageMarks(
        values.get(0) != null,
        values.get(1) != null,
        values.get(2) != null,
        values.get(3) == null ? null : revocation(Value.of(values.get(3)).payload()));
  }

  private static Revocation revocation(byte[] payload) {
    try {
      return Revocation.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("a revocation in Redis is damaged", e);
    }
  }

  /** A field's value; offset -1 where there is none. */
  record Value(long offset, long rank, byte[] payload) {
    static Value of(@Nullable Object stored) {
      if (!(stored instanceof byte[] bytes)) {
        return new Value(-1, 0, NOTHING);
      }
      int first = indexOf(bytes, 0);
      int second = indexOf(bytes, first + 1);
      String rank = RedisAnswers.text(Arrays.copyOfRange(bytes, first + 1, second));
      return new Value(
          Long.parseLong(RedisAnswers.text(Arrays.copyOf(bytes, first))),
          Long.parseLong(rank),
          Arrays.copyOfRange(bytes, second + 1, bytes.length));
    }

    private static int indexOf(byte[] bytes, int from) {
      for (int i = from; i < bytes.length; i++) {
        if (bytes[i] == ':') {
          return i;
        }
      }
      throw new StoreUnavailableException("a mutation in Redis is damaged");
    }
  }

  /** Keys and arguments of effects, two keys and five arguments each. */
  static final class Effects {
    private final int lane;
    private final String generation;
    private final List<byte[]> keys;
    private final List<byte[]> arguments;

    Effects(int lane, String generation, List<byte[]> keys, List<byte[]> arguments) {
      this.lane = lane;
      this.generation = generation;
      this.keys = keys;
      this.arguments = arguments;
    }

    void add(LaneBatch.Placed placed) {
      Mutation mutation = placed.mutation();
      String conversation = mutation.getConversationId();
      long offset = placed.offset();
      switch (mutation.getChangeCase()) {
        case READ -> {
          raiseRead(conversation, mutation.getRead().getUserId(), mutation.getRead().getSeq());
          for (long seq : mutation.getRead().getMessageSeqsList()) {
            first(conversation, field("r:", seq), offset, NOTHING);
          }
        }
        case REVOCATION -> {
          Revocation revocation = mutation.getRevocation();
          byte[] field = field("v:", revocation.getSeq());
          first(conversation, field, offset, revocation.toByteArray());
        }
        case DELETION -> delete(conversation, offset, mutation.getDeletion());
        case CLEARING -> clear(conversation, offset, mutation.getClearing());
        case LEAVING -> leave(conversation, offset, mutation.getLeaving());
        case JOINING -> {
          Joining joining = mutation.getJoining();
          for (String user : joining.getUserIdsList()) {
            begin(conversation, offset, user, joining.getFromSeq());
          }
        }
        case CHANGE_NOT_SET -> {}
      }
    }

    private void delete(String conversation, long offset, Deletion deletion) {
      boolean everybody = deletion.getUserId().isEmpty();
      for (int i = 0; i < deletion.getSeqsCount(); i++) {
        long seq = deletion.getSeqs(i);
        byte[] field = everybody ? field("e:", seq) : field("d:", seq + ":" + deletion.getUserId());
        first(conversation, field, offset, NOTHING);
        if (everybody && i < deletion.getTombstonesCount()) {
          byte[] cache = LaneKeys.cache(lane, generation, conversation);
          byte[] tombstone = deletion.getTombstones(i).toByteArray();
          effect("body", cache, cache, RedisScript.bytes(seq), tombstone, NOTHING);
        }
      }
    }

    private void clear(String conversation, long offset, Clearing clearing) {
      String user = clearing.getUserId();
      long min = clearing.getThroughSeq() + 1;
      if (user.isEmpty()) {
        raise(conversation, EVERYBODY, offset, min, "");
      } else {
        begin(conversation, offset, user, min);
      }
    }

    /** What a user may read begins here, and all before it is read. */
    private void begin(String conversation, long offset, String user, long min) {
      raise(conversation, field("n:", user), offset, min, "");
      raiseRead(conversation, user, min - 1);
    }

    private void leave(String conversation, long offset, Leaving leaving) {
      String twin = new ConversationId(conversation).notificationTwin().value();
      long version = leaving.getMembershipVersion();
      for (String user : leaving.getUserIdsList()) {
        byte[] field = field("x:", user);
        raise(conversation, field, offset, version, String.valueOf(leaving.getThroughSeq()));
        raise(twin, field, offset, version, String.valueOf(leaving.getTwinThroughSeq()));
      }
    }

    private void first(String conversation, byte[] field, long offset, byte[] payload) {
      byte[] value = new byte[payload.length + 2];
      value[0] = '0';
      value[1] = ':';
      System.arraycopy(payload, 0, value, 2, payload.length);
      overlay("first", conversation, field, offset, value);
    }

    private void raise(String conversation, byte[] field, long offset, long rank, String payload) {
      overlay("raise", conversation, field, offset, RedisScript.bytes(rank + ":" + payload));
    }

    private void overlay(
        String kind, String conversation, byte[] field, long offset, byte[] value) {
      effect(
          kind,
          LaneKeys.overlay(lane, generation, conversation),
          LaneKeys.overlayQueue(lane, generation, conversation),
          field,
          RedisScript.bytes(offset),
          value);
    }

    private void raiseRead(String conversation, String user, long seq) {
      byte[] reads = LaneKeys.reads(lane, generation, conversation);
      effect("read", reads, reads, RedisScript.bytes(user), RedisScript.bytes(seq), NOTHING);
    }

    void dropTicket(LaneCache.Candidate sent) {
      byte[] hash = LaneKeys.hash(sent.sendId(), sent.clientMsgId());
      byte[] ticket = LaneKeys.ticket(lane, sent.conversationId(), hash);
      effect("ticket", ticket, ticket, NOTHING, NOTHING, NOTHING);
    }

    private void effect(
        String kind, byte[] key, byte[] secondKey, byte[] one, byte[] two, byte[] three) {
      keys.add(key);
      keys.add(secondKey);
      arguments.addAll(new ArrayList<>(List.of(RedisScript.bytes(kind), one, two, three, NOTHING)));
    }
  }
}
