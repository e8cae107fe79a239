package im.hongyan.bench.scenario;

import im.hongyan.bench.measure.Labels;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkConversationAsReadResp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What users do over a day, all mixed: of a hundred actions 60 are messages to another user, 15 to
 * a group, 15 read receipts, 10 logins or logouts of the last quarter of the users. Who is online
 * when a message arrives is not known, so that the checker and no count says whether one is
 * missing.
 */
public final class MixedDay extends MessageScenario {
  private static final Labels LABELS =
      new Labels("action", "action -> answered", "send -> received by push");

  private static final int SINGLES = 60;
  private static final int GROUP_MESSAGES = 75;
  private static final int RECEIPTS = 90;

  private final SplittableRandom random;
  private final BackgroundTasks tasks;
  private final AtomicIntegerArray moving;
  private final int members;
  private final List<Address.Group> groups = new ArrayList<>();

  /**
   * Plans a run.
   *
   * @param stage with a history, since only that shows what is missing
   * @param members of each group
   */
  public MixedDay(Stage stage, int members) {
    super(stage);
    if (stage.users() < members || members < 4 || stage.history() == null) {
      throw new IllegalArgumentException(
          "a mixed day takes a history, groups of four, and users for one");
    }
    this.members = members;
    this.random = new SplittableRandom(stage.seed());
    this.tasks = new BackgroundTasks(stage.ledger());
    this.moving = new AtomicIntegerArray(stage.users());
  }

  @Override
  public Labels labels() {
    return LABELS;
  }

  /** The users before this one stay online. */
  private int staying() {
    return stage().users() * 3 / 4;
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    super.prepare();
    for (int first = 0; first + members <= stage().users(); first += members) {
      groups.add(Groups.create(messenger().people(), first, first + members));
    }
  }

  @Override
  public void send(long dueNanos) {
    int action = random.nextInt(100);
    if (action < SINGLES) {
      int from = random.nextInt(staying());
      int to = (from + 1 + random.nextInt(stage().users() - 1)) % stage().users();
      messenger().send(from, new Address.Single(messenger().people().id(to)), dueNanos, 0);
    } else if (action < GROUP_MESSAGES) {
      int group = random.nextInt(groups.size());
      int from = group * members + random.nextInt(members);
      if (from < staying()) {
        messenger().send(from, groups.get(group), dueNanos, 0);
      } else {
        messenger().send(0, groups.getFirst(), dueNanos, 0);
      }
    } else if (action < RECEIPTS) {
      int user = random.nextInt(staying());
      tasks.start(stage().ledger().open(dueNanos, 0), () -> markRead(user));
    } else {
      int user = staying() + random.nextInt(stage().users() - staying());
      tasks.start(stage().ledger().open(dueNanos, 0), () -> move(user));
    }
  }

  /** A user who has seen nothing yet has nothing to mark. */
  private void markRead(int user) throws IOException {
    Population people = messenger().people();
    Follower follower = messenger().follower(user);
    Follower.Seen seen = follower == null ? null : follower.latest();
    if (seen != null) {
      people
          .rest()
          .call(
              "/msg/mark_conversation_as_read",
              people.token(user),
              MarkConversationAsReadReq.newBuilder()
                  .setConversationID(seen.conversation())
                  .setUserID(people.id(user))
                  .setHasReadSeq(seen.seq())
                  .build(),
              MarkConversationAsReadResp.getDefaultInstance());
    }
  }

  /** Logs in who is offline, and out who is online; nothing while that user is still on the way. */
  private void move(int user) throws IOException {
    if (!moving.compareAndSet(user, 0, 1)) {
      return;
    }
    try {
      if (messenger().people().connection(user) == null) {
        messenger().login(user);
      } else {
        messenger().logout(user);
      }
    } finally {
      moving.set(user, 0);
    }
  }

  @Override
  public void close() {
    tasks.close();
    super.close();
  }
}
