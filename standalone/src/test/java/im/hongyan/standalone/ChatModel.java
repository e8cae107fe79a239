package im.hongyan.standalone;

import im.hongyan.proto.sdkws.MsgData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a chat of two must look like to each of them: the plain rules, without any store. */
final class ChatModel {
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Long> mins = new HashMap<>();
  private final Map<String, Long> reads = new HashMap<>();
  private long min;

  private static final class Entry {
    final String sender;
    final String clientId;
    final long sendTime;
    final Set<String> deletedBy = new HashSet<>();
    boolean read;
    boolean erased;
    boolean revoked;

    Entry(String sender, String clientId, long sendTime) {
      this.sender = sender;
      this.clientId = clientId;
      this.sendTime = sendTime;
    }
  }

  long last() {
    return entries.size();
  }

  void send(String sender, String clientId, long sendTime) {
    entries.add(new Entry(sender, clientId, sendTime));
    reads.put(sender, last());
  }

  private Entry at(long seq) {
    return entries.get((int) seq - 1);
  }

  /** First seq that a user may read. */
  long first(String user) {
    return Math.max(1, Math.max(min, mins.getOrDefault(user, 0L)));
  }

  boolean sentBy(long seq, String user) {
    return at(seq).sender.equals(user);
  }

  boolean erased(long seq) {
    return at(seq).erased;
  }

  boolean revoked(long seq) {
    return at(seq).revoked;
  }

  void revoke(long seq) {
    at(seq).revoked = true;
  }

  void erase(long seq) {
    at(seq).erased = true;
  }

  void delete(String user, long seq) {
    at(seq).deletedBy.add(user);
  }

  /** Reads up to a seq, which marks what the other side has sent since the last read. */
  void readTo(String user, long seq) {
    for (long i = Math.max(reads.getOrDefault(user, 0L) + 1, first(user)); i <= seq; i++) {
      Entry entry = at(i);
      entry.read |= !entry.sender.equals(user) && !entry.erased;
    }
    reads.merge(user, seq, Math::max);
  }

  void clear(String user) {
    mins.put(user, last() + 1);
    reads.merge(user, last(), Math::max);
  }

  void clearForAll(String user) {
    min = last() + 1;
    reads.merge(user, last(), Math::max);
  }

  long read(String user) {
    return reads.getOrDefault(user, 0L);
  }

  /** What a user finds, a line for each seq. */
  List<String> view(String user) {
    List<String> lines = new ArrayList<>();
    for (long seq = first(user); seq <= last(); seq++) {
      Entry entry = at(seq);
      boolean deleted = entry.deletedBy.contains(user);
      lines.add(
          entry.erased
              ? line(seq, "", 4, olderTime(seq), false, "")
              : line(
                  seq,
                  entry.clientId,
                  deleted ? 4 : 2,
                  entry.sendTime,
                  entry.read,
                  entry.revoked ? "revoked" : deleted ? "" : "text"));
    }
    return lines;
  }

  /** The seqs of what shows to a user, each with a word where it is revoked. */
  List<String> visible(String user) {
    List<String> visible = new ArrayList<>();
    for (long seq = first(user); seq <= last(); seq++) {
      Entry entry = at(seq);
      if (!entry.erased && !entry.deletedBy.contains(user)) {
        visible.add(entry.revoked ? seq + " revoked" : Long.toString(seq));
      }
    }
    return visible;
  }

  private long olderTime(long seq) {
    for (long older = seq - 1; older >= 1; older--) {
      if (!at(older).erased) {
        return at(older).sendTime;
      }
    }
    return 0;
  }

  /** An element as a line. */
  static String line(MsgData element) {
    String content = element.getContent().isEmpty() ? "" : "text";
    return line(
        element.getSeq(),
        element.getClientMsgID(),
        element.getStatus(),
        element.getSendTime(),
        element.getIsRead(),
        element.getContentType() == 2101 ? "revoked" : content);
  }

  private static String line(
      long seq, String clientId, int status, long sendTime, boolean read, String content) {
    return String.join(
        " ",
        Long.toString(seq),
        clientId,
        Integer.toString(status),
        Long.toString(sendTime),
        Boolean.toString(read),
        content);
  }
}
