package im.hongyan.transfer.sequencer;

import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.wire.id.ConversationId;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Gives a record its seqs (docs/sequencing.md O5), and its mutation the place in the conversation
 * where it takes effect. Stateless; the last seqs are the tail's.
 */
final class Numbering {
  private Numbering() {}

  /** The conversations whose last seq must be known to number a record. */
  static Set<String> conversations(InboundRecord record) {
    Set<String> needed = new LinkedHashSet<>();
    for (Copy copy : record.getCopiesList()) {
      if (copy.getStored()) {
        needed.add(copy.getConversationId());
      }
    }
    if (record.hasMutation()) {
      String conversation = record.getMutation().getConversationId();
      needed.add(conversation);
      if (record.getMutation().hasLeaving()) {
        needed.add(twin(conversation));
      }
    }
    return needed;
  }

  /** The record with its seqs; they are the last ones of their conversations now. */
  static InboundRecord number(InboundRecord record, Tail tail) {
    InboundRecord.Builder numbered = record.toBuilder();
    for (int i = 0; i < numbered.getCopiesCount(); i++) {
      Copy copy = numbered.getCopies(i);
      if (copy.getStored()) {
        long seq = last(tail, copy.getConversationId()) + 1;
        tail.setLastSeq(copy.getConversationId(), seq);
        numbered.setCopies(i, copy.toBuilder().setSeq(seq));
      }
    }
    if (record.hasMutation()) {
      numbered.setMutation(placed(record.getMutation(), tail, has(record)));
    }
    return numbered.build();
  }

  private static long last(Tail tail, String conversation) {
    Long seq = tail.lastSeq(conversation);
    return seq == null ? 0 : seq;
  }

  private static String twin(String conversation) {
    return new ConversationId(conversation).notificationTwin().value();
  }

  /** Whether a record has a message in the conversation that it changes. */
  private static boolean has(InboundRecord record) {
    String changed = record.getMutation().getConversationId();
    return record.getCopiesList().stream()
        .anyMatch(copy -> copy.getStored() && copy.getConversationId().equals(changed));
  }

  /**
   * Copies are numbered before, so that who leaves or joins may read the message that says so.
   *
   * @param ownMessage whether one of the copies is in the conversation that is changed
   */
  private static Mutation placed(Mutation mutation, Tail tail, boolean ownMessage) {
    String conversation = mutation.getConversationId();
    long last = last(tail, conversation);
    return switch (mutation.getChangeCase()) {
      case READ -> {
        ReadMark read = mutation.getRead();
        yield mutation.toBuilder()
            .setRead(read.toBuilder().setSeq(Math.min(read.getSeq(), last)))
            .build();
      }
      case CLEARING -> {
        Clearing clearing = mutation.getClearing();
        long named = clearing.getThroughSeq();
        long through = named > 0 ? Math.min(named, last) : last;
        yield mutation.toBuilder().setClearing(clearing.toBuilder().setThroughSeq(through)).build();
      }
      case LEAVING -> {
        Leaving leaving = mutation.getLeaving();
        yield mutation.toBuilder()
            .setLeaving(
                leaving.toBuilder()
                    .setThroughSeq(last)
                    .setTwinThroughSeq(last(tail, twin(conversation))))
            .build();
      }
      case JOINING -> {
        Joining joining = mutation.getJoining();
        yield mutation.toBuilder()
            .setJoining(joining.toBuilder().setFromSeq(ownMessage ? last : last + 1))
            .build();
      }
      case REVOCATION, DELETION, CHANGE_NOT_SET -> mutation;
    };
  }
}
