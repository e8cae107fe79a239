package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.proto.sequencing.SentBlock;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Packs who sent when into rows. Stateless. */
final class SentBlocks {
  static final long DAY_MILLIS = 86_400_000;

  private static final int MESSAGES_A_BLOCK = 4_096;

  private SentBlocks() {}

  /**
   * A message.
   *
   * @param groupId empty in a single chat
   */
  record Sent(String sendId, String groupId, long millis) {
    /** The UTC day since 1970. */
    long day() {
      return Math.floorDiv(millis, DAY_MILLIS);
    }
  }

  /** What one row holds. */
  record Block(long first, long last, int messages, byte[] data) {}

  /** Blocks of messages, each of a stretch of time. */
  static List<Block> of(List<Sent> messages) {
    List<Sent> sorted = messages.stream().sorted(Comparator.comparingLong(Sent::millis)).toList();
    return Lists.partition(sorted, MESSAGES_A_BLOCK).stream().map(SentBlocks::block).toList();
  }

  /** Messages by their day. */
  static Map<Long, List<Sent>> byDay(List<Sent> messages) {
    Map<Long, List<Sent>> days = new TreeMap<>();
    messages.forEach(sent -> days.computeIfAbsent(sent.day(), _ -> new ArrayList<>()).add(sent));
    return days;
  }

  private static Block block(List<Sent> sorted) {
    SentBlock.Builder block = SentBlock.newBuilder();
    Map<String, Integer> places = new HashMap<>();
    long before = 0;
    for (Sent sent : sorted) {
      block.addAfterMillis(sent.millis() - before);
      before = sent.millis();
      block.addSenders(place(places, block, sent.sendId()));
      block.addGroups(sent.groupId().isEmpty() ? 0 : place(places, block, sent.groupId()) + 1);
    }
    return new Block(
        sorted.getFirst().millis(),
        sorted.getLast().millis(),
        sorted.size(),
        block.build().toByteArray());
  }

  private static int place(Map<String, Integer> places, SentBlock.Builder block, String id) {
    return places.computeIfAbsent(
        id,
        added -> {
          block.addIds(added);
          return block.getIdsCount() - 1;
        });
  }

  /** What a row's data is. */
  static SentBlock parse(byte[] data) {
    try {
      return SentBlock.parseFrom(data);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("sent_block is damaged", e);
    }
  }

  /** The messages of a row. */
  static List<Sent> read(byte[] data) {
    SentBlock block = parse(data);
    List<Sent> messages = new ArrayList<>(block.getSendersCount());
    long millis = 0;
    for (int i = 0; i < block.getSendersCount(); i++) {
      millis += block.getAfterMillis(i);
      int group = block.getGroups(i);
      messages.add(
          new Sent(
              block.getIds(block.getSenders(i)),
              group == 0 ? "" : block.getIds(group - 1),
              millis));
    }
    return messages;
  }
}
