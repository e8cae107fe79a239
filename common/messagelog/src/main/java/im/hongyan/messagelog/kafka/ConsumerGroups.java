package im.hongyan.messagelog.kafka;

/** The consumer groups of the lanes; each keeps its checkpoints under its name. */
public final class ConsumerGroups {
  /** Numbers what im-inbound holds. */
  public static final String SEQUENCER = "hongyan-sequencer";

  /** Writes im-sequenced to MySQL. */
  public static final String HISTORY = "hongyan-history";

  /** Writes im-sequenced to MongoDB. */
  public static final String INBOX = "hongyan-inbox";

  /** Writes the words of im-sequenced to their index. */
  public static final String SEARCH = "hongyan-search";

  /** Counts the messages of im-sequenced for statistics. */
  public static final String STATISTICS = "hongyan-statistics";

  /** Sends im-sequenced to the gateways. */
  public static final String PUSH = "hongyan-push";

  /** Hands im-offline-push to the provider. */
  public static final String OFFLINE = "hongyan-offline";

  private ConsumerGroups() {}
}
