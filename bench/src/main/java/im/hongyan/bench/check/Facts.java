package im.hongyan.bench.check;

import im.hongyan.bench.check.History.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A history sorted the ways that the rules look at it. Not changed once made. */
public final class Facts {
  private final List<Entry> entries;
  private final Map<String, Set<String>> participants = new HashMap<>();
  private final Map<String, Entry> sends = new HashMap<>();
  private final Map<String, List<Entry>> acknowledgements = new LinkedHashMap<>();
  private final Map<String, Entry> refusals = new HashMap<>();
  private final Map<String, List<Sighting>> sightings = new LinkedHashMap<>();
  private final Map<String, NavigableMap<Long, Sighting>> messages = new HashMap<>();
  private final Map<String, Entry> lastMaxSeqs = new HashMap<>();
  private final Map<String, NavigableSet<Long>> connections = new HashMap<>();
  private final Map<String, Long> firstSends = new HashMap<>();

  /** Sorts a history. */
  public Facts(List<Entry> entries) {
    this.entries = List.copyOf(entries);
    this.entries.forEach(this::add);
  }

  private void add(Entry entry) {
    switch (entry.event()) {
      case Event.Opened opened ->
          participants
              .computeIfAbsent(opened.conversation(), _ -> new HashSet<>())
              .addAll(opened.participants());
      case Event.Connected connected ->
          connections.computeIfAbsent(connected.user(), _ -> new TreeSet<>()).add(entry.number());
      case Event.Sent sent -> {
        sends.putIfAbsent(sent.clientMsgId(), entry);
        firstSends.putIfAbsent(sent.conversation(), entry.number());
      }
      case Event.Acknowledged acknowledged ->
          acknowledgements
              .computeIfAbsent(acknowledged.clientMsgId(), _ -> new ArrayList<>(1))
              .add(entry);
      case Event.Refused refused -> refusals.putIfAbsent(refused.clientMsgId(), entry);
      case Event.Pushed pushed -> see(entry, pushed.conversation(), pushed.copies(), true);
      case Event.Pulled pulled -> see(entry, pulled.conversation(), pulled.copies(), false);
      case Event.MaxSeqs maxSeqs -> lastMaxSeqs.put(maxSeqs.user(), entry);
      case Event.ReadPositions _, Event.LoggedOut _ -> {}
    }
  }

  private void see(Entry entry, String conversation, List<Copy> copies, boolean pushed) {
    for (Copy copy : copies) {
      Sighting sighting = new Sighting(entry, entry.event().user(), copy, pushed);
      sightings.computeIfAbsent(conversation, _ -> new ArrayList<>()).add(sighting);
      if (copy.seq() > 0 && !copy.isPlaceholder()) {
        messages
            .computeIfAbsent(conversation, _ -> new TreeMap<>())
            .putIfAbsent(copy.seq(), sighting);
      }
    }
  }

  /** The whole history. */
  public List<Entry> entries() {
    return entries;
  }

  /**
   * Whether a user takes part in a conversation; true for conversations the driver did not make.
   */
  public boolean mayRead(String user, String conversation) {
    Set<String> members = participants.get(conversation);
    return members == null || members.contains(user);
  }

  /** Who takes part in a conversation. */
  public Set<String> participants(String conversation) {
    return participants.getOrDefault(conversation, Set.of());
  }

  /** The first time a message was sent; null for one that was not. */
  public @Nullable Entry sent(String clientMsgId) {
    return sends.get(clientMsgId);
  }

  /** Every acknowledgement, by clientMsgID. */
  public Map<String, List<Entry>> acknowledgements() {
    return acknowledgements;
  }

  /** Refusals by clientMsgID, the first of each. */
  public Map<String, Entry> refusals() {
    return refusals;
  }

  /** What was seen of each conversation, placeholders included, in the order of the history. */
  public Map<String, List<Sighting>> sightings() {
    return sightings;
  }

  /** The messages of a conversation that anybody ever saw, by seq, each with its first sighting. */
  public NavigableMap<Long, Sighting> messages(String conversation) {
    return messages.getOrDefault(conversation, new TreeMap<>());
  }

  /** Number of the event that began the connection a user had at an event; -1 when unknown. */
  public long connection(String user, long number) {
    Long began = connections.getOrDefault(user, new TreeSet<>()).floor(number);
    return began == null ? -1 : began;
  }

  /** Whether something was sent to a conversation before an event. */
  public boolean usedBefore(String conversation, long number) {
    return firstSends.getOrDefault(conversation, Long.MAX_VALUE) < number;
  }

  /** The last time a user asked for its highest seqs; what it pulls afterwards is all there is. */
  public @Nullable Entry lastMaxSeqs(String user) {
    return lastMaxSeqs.get(user);
  }
}
