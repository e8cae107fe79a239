package im.hongyan.messagelog.redis;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.redis.RedisAnswers;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads an overlay back into mutations that have the same effect as those that wrote it ({@link
 * Overlay} knows the fields). Of an erased message the tombstone is not in it. Single-threaded.
 */
final class OverlayMutations {
  private final String conversation;
  private final Map<String, byte[]> fields;
  private final Map<String, byte[]> twin;
  private final long after;
  private final long before;

  /**
   * Takes an overlay as it is stored.
   *
   * @param twin overlay of the notification twin, which a leave wrote as well
   * @param after mutations of records at or below this offset are left out
   * @param before those at or above this one as well
   */
  OverlayMutations(
      String conversation,
      Map<String, byte[]> fields,
      Map<String, byte[]> twin,
      long after,
      long before) {
    this.conversation = conversation;
    this.fields = fields;
    this.twin = twin;
    this.after = after;
    this.before = before;
  }

  /** The mutations, in any order, since each can be applied in any. */
  List<Mutation> all() {
    List<Mutation> all = new ArrayList<>();
    fields.forEach((field, stored) -> {
      Overlay.Value value = Overlay.Value.of(stored);
      if (value.offset() > after && value.offset() < before) {
        Mutation.Builder mutation = Mutation.newBuilder().setConversationId(conversation);
        if (read(field, value, mutation)) {
          all.add(mutation.build());
        }
      }
    });
    return all;
  }

  /** Whether it is a mutation of this conversation; a twin's leave comes with that of the chat. */
  private boolean read(String field, Overlay.Value value, Mutation.Builder mutation) {
    String of = field.substring(Math.min(2, field.length()));
    switch (field.isEmpty() ? ' ' : field.charAt(0)) {
      case 'm' -> mutation.setClearing(Clearing.newBuilder().setThroughSeq(value.rank() - 1));
      case 'n' -> mutation.setJoining(Joining.newBuilder().addUserIds(of).setFromSeq(value.rank()));
      case 'x' -> {
        if (new ConversationId(conversation).isNotification()) {
          return false;
        }
        mutation.setLeaving(leaving(field, of, value));
      }
      case 'r' -> mutation.setRead(ReadMark.newBuilder().addMessageSeqs(seq(of)));
      case 'e' -> mutation.setDeletion(Deletion.newBuilder().addSeqs(seq(of)));
      case 'd' -> {
        int cut = of.indexOf(':');
        mutation.setDeletion(
            Deletion.newBuilder()
                .addSeqs(seq(of.substring(0, Math.max(cut, 0))))
                .setUserId(of.substring(cut + 1)));
      }
      case 'v' -> mutation.setRevocation(revocation(value.payload()));
      default -> throw damaged();
    }
    return true;
  }

  private Leaving leaving(String field, String user, Overlay.Value value) {
    Overlay.Value beside = Overlay.Value.of(twin.get(field));
    if (beside.payload().length == 0) {
      throw damaged();
    }
    return Leaving.newBuilder()
        .addUserIds(user)
        .setMembershipVersion(value.rank())
        .setThroughSeq(seq(RedisAnswers.text(value.payload())))
        .setTwinThroughSeq(seq(RedisAnswers.text(beside.payload())))
        .build();
  }

  private static Revocation revocation(byte[] payload) {
    try {
      return Revocation.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw damaged();
    }
  }

  private static long seq(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw damaged();
    }
  }

  private static StoreUnavailableException damaged() {
    return new StoreUnavailableException("a mutation in Redis is damaged");
  }
}
