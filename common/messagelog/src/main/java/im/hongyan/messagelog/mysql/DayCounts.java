package im.hongyan.messagelog.mysql;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.mysql.SentBlocks.Sent;
import im.hongyan.proto.sequencing.SentDay;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts the messages of one day by senders and groups. Single-threaded. */
final class DayCounts {
  /** A part with fewer is added to. */
  private static final int IDS_A_PART = 20_000;

  private static final class Counts {
    private long inSingleChats;
    private long inGroups;
    private long intoGroup;
  }

  private final Map<String, Counts> byId = new HashMap<>();

  private Counts of(String id) {
    return byId.computeIfAbsent(id, _ -> new Counts());
  }

  void add(Sent sent) {
    if (sent.groupId().isEmpty()) {
      of(sent.sendId()).inSingleChats++;
    } else {
      of(sent.sendId()).inGroups++;
      of(sent.groupId()).intoGroup++;
    }
  }

  /** Adds what a part counts if it has room for more; false where it has not. */
  boolean addSmall(byte[] data) {
    SentDay day = parse(data);
    if (day.getIdsCount() >= IDS_A_PART) {
      return false;
    }
    for (int i = 0; i < day.getIdsCount(); i++) {
      Counts counts = of(day.getIds(i));
      counts.inSingleChats += day.getInSingleChats(i);
      counts.inGroups += day.getInGroups(i);
      counts.intoGroup += day.getIntoGroup(i);
    }
    return true;
  }

  /** What a part's data is. */
  static SentDay parse(byte[] data) {
    try {
      return SentDay.parseFrom(data);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("sent_day is damaged", e);
    }
  }

  /** The data of parts that hold all of it. */
  List<byte[]> parts() {
    List<byte[]> parts = new ArrayList<>();
    SentDay.Builder part = SentDay.newBuilder();
    for (Map.Entry<String, Counts> entry : byId.entrySet()) {
      Counts counts = entry.getValue();
      part.addIds(entry.getKey())
          .addInSingleChats(counts.inSingleChats)
          .addInGroups(counts.inGroups)
          .addIntoGroup(counts.intoGroup);
      if (part.getIdsCount() == IDS_A_PART) {
        parts.add(part.build().toByteArray());
        part = SentDay.newBuilder();
      }
    }
    if (part.getIdsCount() > 0) {
      parts.add(part.build().toByteArray());
    }
    return parts;
  }
}
