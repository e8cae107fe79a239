package im.hongyan.standalone;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.relation.outbox.OutboxDeadLetter;
import im.hongyan.relation.outbox.OutboxDeadLetters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The notifications that rpc-msg refused (docs/protocol/group.md). */
final class NotificationDeadLetters implements DeadLetterSource {
  private final MySql mysql;
  private final OutboxDeadLetters letters;

  NotificationDeadLetters(MySqlConfig config) {
    mysql = MySql.openCurrent(config, new SimpleMeterRegistry());
    letters = new OutboxDeadLetters(mysql);
  }

  @Override
  public void list(Consumer<String> out) {
    int count = 0;
    List<OutboxDeadLetter> page = page(0);
    while (!page.isEmpty()) {
      page.forEach(letter -> out.accept(line(letter)));
      count += page.size();
      page = page(page.getLast().number());
    }
    out.accept(count + " dead letters");
  }

  private List<OutboxDeadLetter> page(long afterNumber) {
    return letters.list(afterNumber, OutboxDeadLetters.MOST_AT_ONCE);
  }

  private static String line(OutboxDeadLetter letter) {
    return "%d  %s  type %d  %s  %s  %s"
        .formatted(
            letter.number(),
            letter.conversationId(),
            letter.message().getContentType(),
            letter.message().getClientMsgID(),
            Instant.ofEpochMilli(letter.refusedAtMillis()),
            letter.reason());
  }

  @Override
  public int replay(List<Long> numbers, Consumer<String> out) {
    return numbers.isEmpty() ? replayAll(out) : replayThese(numbers, out);
  }

  /** Not what is refused while this goes on: a replay that fails again would never end. */
  private int replayAll(Consumer<String> out) {
    List<OutboxDeadLetter> page = page(0);
    long last = letters.lastNumber();
    while (!page.isEmpty() && page.getFirst().number() <= last) {
      List<Long> numbers =
          page.stream().map(OutboxDeadLetter::number).filter(number -> number <= last).toList();
      say(letters.replay(numbers), out);
      page = page(numbers.getLast());
    }
    return 0;
  }

  private int replayThese(List<Long> numbers, Consumer<String> out) {
    int failed = 0;
    List<Long> sorted = List.copyOf(new TreeSet<>(numbers));
    for (List<Long> part : Lists.partition(sorted, OutboxDeadLetters.MOST_AT_ONCE)) {
      List<OutboxDeadLetter> replayed = letters.replay(part);
      say(replayed, out);
      Set<Long> done = replayed.stream().map(OutboxDeadLetter::number).collect(Collectors.toSet());
      for (Long number : part) {
        if (!done.contains(number)) {
          out.accept("there is no dead letter " + number);
          failed++;
        }
      }
    }
    return failed;
  }

  private static void say(List<OutboxDeadLetter> replayed, Consumer<String> out) {
    replayed.forEach(letter ->
        out.accept(letter.number() + " is back in conversation " + letter.conversationId()));
  }

  @Override
  public void close() {
    mysql.close();
  }
}
