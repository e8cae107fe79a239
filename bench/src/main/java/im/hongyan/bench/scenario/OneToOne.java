package im.hongyan.bench.scenario;

import com.google.protobuf.ByteString;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.client.session.PushListener;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Text messages between two users each, pairs drawn at random. A message counts as received when
 * its push is at its receiver; the copy that the sender gets does not count.
 */
public final class OneToOne implements Scenario {
  private static final int SINGLE_CHAT = 1;
  private static final int TEXT = 101;
  private static final int FROM_USER = 100;

  /** A text of usual length in the form that SDKs write. */
  private static final ByteString CONTENT =
      ByteString.copyFromUtf8(
          "{\"content\":\"The wild geese fly south when the first frost comes; will you write?\"}");

  private final Target target;
  private final int users;
  private final int peers;
  private final Ledger ledger;
  private final SplittableRandom random;
  private final MessageNumbers numbers;
  private @Nullable Population population;

  /**
   * Plans a run.
   *
   * @param peers how many others each user writes to, at most all: few keep the conversations warm,
   *     many make most messages the first of theirs
   * @param seed decides who writes to whom
   */
  public OneToOne(Target target, int users, int peers, long seed, Ledger ledger) {
    if (users < 2 || peers < 1) {
      throw new IllegalArgumentException("it takes two to talk");
    }
    this.target = target;
    this.users = users;
    this.peers = Math.min(peers, users - 1);
    this.ledger = ledger;
    this.random = new SplittableRandom(seed);
    this.numbers = new MessageNumbers(System.nanoTime() ^ System.currentTimeMillis() << 20);
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    String runId = "bench" + HexFormat.of().toHexDigits((int) numbers.runId());
    population =
        Population.online(target, runId, users, user -> new Receiver(Population.id(runId, user)));
  }

  @Override
  public void send(long dueNanos) {
    Population people = population;
    if (people == null) {
      throw new IllegalStateException("prepare comes first");
    }
    int from = random.nextInt(users);
    int to = (from + 1 + random.nextInt(peers)) % users;
    int number = ledger.open(dueNanos);
    MsgData message =
        MsgData.newBuilder()
            .setSendID(people.id(from))
            .setRecvID(people.id(to))
            .setClientMsgID(numbers.id(number))
            .setSenderPlatformID(people.platform().number())
            .setSessionType(SINGLE_CHAT)
            .setMsgFrom(FROM_USER)
            .setContentType(TEXT)
            .setContent(CONTENT)
            .setCreateTime(System.currentTimeMillis())
            .build();
    try {
      people
          .connection(from)
          .send(ReqId.SEND_MSG, message, SendMsgResp.parser())
          .whenComplete((_, failure) -> answered(number, failure));
    } catch (IOException lost) {
      ledger.failed(number, String.valueOf(lost.getMessage()));
    }
  }

  private void answered(int number, @Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    switch (cause) {
      case null -> ledger.acknowledged(number);
      case ImException refusal -> ledger.refused(number, refusal.code() + " " + refusal.text());
      default -> ledger.failed(number, String.valueOf(cause.getMessage()));
    }
  }

  @Override
  public void close() {
    if (population != null) {
      population.close();
    }
  }

  private final class Receiver implements PushListener {
    private final String userId;

    private Receiver(String userId) {
      this.userId = userId;
    }

    @Override
    public void onPush(PushMessages push) {
      for (PullMsgs messages : push.getMsgsMap().values()) {
        for (MsgData message : messages.getMsgsList()) {
          if (message.getRecvID().equals(userId)) {
            ledger.received(numbers.number(message.getClientMsgID()));
          }
        }
      }
    }
  }
}
