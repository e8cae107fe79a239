package im.hongyan.standalone;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.kafka.DeadLetters;
import im.hongyan.messagelog.kafka.DeadLetters.Entry;
import im.hongyan.proto.sequencing.DeadLetter;
import im.hongyan.wire.error.ImException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** The records that the sequencer could not process. */
final class SequencerDeadLetters implements DeadLetterSource {
  private final DeadLetters letters;

  SequencerDeadLetters(KafkaConfig kafka) {
    letters = new DeadLetters(kafka);
  }

  @Override
  public void list(Consumer<String> out) {
    List<Entry> all = letters.list();
    all.forEach(entry -> out.accept(line(entry)));
    out.accept(all.size() + " dead letters");
  }

  private static String line(Entry entry) {
    DeadLetter letter = entry.letter();
    return "%d  lane %d  record %d  %s  %d bytes  %s%s"
        .formatted(
            entry.offset(),
            letter.getLane(),
            letter.getInboundOffset(),
            Instant.ofEpochMilli(letter.getAppendedMillis()),
            letter.getValue().size(),
            letter.getReason(),
            entry.replayed() ? "  (replayed)" : "");
  }

  @Override
  public int replay(List<Long> numbers, Consumer<String> out) {
    int failed = 0;
    List<Entry> chosen =
        letters.list().stream()
            .filter(
                entry -> numbers.isEmpty() ? !entry.replayed() : numbers.contains(entry.offset()))
            .toList();
    for (Entry entry : chosen) {
      try {
        letters.replay(entry);
        out.accept(entry.offset() + " is back in lane " + entry.letter().getLane());
      } catch (ImException e) {
        out.accept(entry.offset() + " is not replayed: " + e.detail());
        failed++;
      }
    }
    for (Long number : numbers) {
      if (chosen.stream().noneMatch(entry -> entry.offset() == number)) {
        out.accept("there is no dead letter " + number);
        failed++;
      }
    }
    return failed;
  }

  @Override
  public void close() {
    letters.close();
  }
}
