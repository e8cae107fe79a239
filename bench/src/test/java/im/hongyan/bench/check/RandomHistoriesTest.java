package im.hongyan.bench.check;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.bench.check.rule.Checker;
import im.hongyan.testkit.TestSeeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Proves that correct histories have no violation: a server that keeps every rule, with pushes that
 * are late or lost, resends, and clients that pull gaps, all at random.
 */
class RandomHistoriesTest {
  private static final List<String> USERS = List.of("a", "b", "c");

  @Test
  void correctHistoriesHaveNoViolation() {
    for (long seed : TestSeeds.given(300).toArray()) {
      Server server = new Server(new SplittableRandom(seed));
      for (int step = 0; step < 200; step++) {
        server.step();
      }
      server.end();
      assertThat(Checker.check(server.history)).as(TestSeeds.name(seed)).isEmpty();
    }
  }

  @Test
  void oneForgottenMessageIsFoundInAnyOfThem() {
    for (long seed : TestSeeds.given(100).toArray()) {
      Server server = new Server(new SplittableRandom(seed));
      for (int step = 0; step < 200; step++) {
        server.step();
      }
      server.log.removeLast();
      server.end();
      assertThat(Checker.check(server.history)).as(TestSeeds.name(seed)).isNotEmpty();
    }
  }

  /** A correct server and its clients, all in the conversation {@code sg_g}. */
  private static final class Server {
    private static final String GROUP = "sg_g";

    private final History history = new History();
    private final SplittableRandom random;
    private final List<Copy> log = new ArrayList<>();
    private final Queue<Copy> unacknowledged = new ArrayDeque<>();
    private final Map<String, Queue<Copy>> pushes = new HashMap<>();
    private final Map<String, Long> synced = new HashMap<>();
    private int sent;

    private Server(SplittableRandom random) {
      this.random = random;
      history.add(new Event.Opened("a", GROUP, Set.copyOf(USERS)));
      USERS.forEach(user -> pushes.put(user, new ArrayDeque<>()));
      send("a");
      acknowledge();
    }

    private void step() {
      String user = USERS.get(random.nextInt(USERS.size()));
      switch (random.nextInt(6)) {
        case 0 -> send(user);
        case 1 -> acknowledge();
        case 2 -> deliver(user);
        case 3 -> pushes.getOrDefault(user, new ArrayDeque<>()).poll();
        case 4 -> resend();
        default ->
            history.add(
                new Event.ReadPositions(
                    user,
                    Map.of(
                        GROUP,
                        new Event.ReadPositions.Position(
                            log.size(), synced.getOrDefault(user, 0L)))));
      }
    }

    private void send(String user) {
      String id = "m" + sent++;
      history.add(new Event.Sent(user, GROUP, id));
      Copy copy = new Copy(log.size() + 1L, id, "s" + id, user, sent, 2);
      log.add(copy);
      unacknowledged.add(copy);
      pushes.values().forEach(queue -> queue.add(copy));
    }

    private void acknowledge() {
      Copy copy = unacknowledged.poll();
      if (copy != null) {
        acknowledge(copy);
      }
    }

    private void acknowledge(Copy copy) {
      history.add(
          new Event.Acknowledged(
              copy.sendId(), GROUP, copy.clientMsgId(), copy.serverMsgId(), copy.sendTime()));
    }

    private void resend() {
      Copy copy = log.get(random.nextInt(log.size()));
      history.add(new Event.Sent(copy.sendId(), GROUP, copy.clientMsgId()));
      acknowledge(copy);
    }

    private void deliver(String user) {
      Copy copy = pushes.getOrDefault(user, new ArrayDeque<>()).poll();
      if (copy == null) {
        return;
      }
      history.add(new Event.Pushed(user, GROUP, List.of(copy)));
      long known = synced.getOrDefault(user, 0L);
      if (copy.seq() > known + 1) {
        pull(user, known + 1, copy.seq());
      } else if (copy.seq() == known + 1) {
        synced.put(user, copy.seq());
      }
    }

    private void pull(String user, long begin, long end) {
      List<Copy> range = log.subList((int) begin - 1, (int) Math.min(end, log.size()));
      history.add(new Event.Pulled(user, GROUP, begin, end, end, history.next(), range));
      synced.merge(user, end, Math::max);
    }

    private void end() {
      while (!unacknowledged.isEmpty()) {
        acknowledge();
      }
      for (String user : USERS) {
        history.add(new Event.MaxSeqs(user, Map.of(GROUP, (long) log.size())));
        pull(user, 1, log.size());
      }
    }
  }
}
