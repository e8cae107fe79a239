package im.hongyan.relation.outbox;

import java.util.List;

/**
 * What has become of a claim.
 *
 * @param sent notifications that were acknowledged
 * @param notBeforeMillis when what still waits is due at the earliest; 0 for at once
 * @param attempts sends that have failed one after the other
 */
public record FinishedClaim(Claim claim, List<Waiting> sent, long notBeforeMillis, int attempts) {
  /** Copies the list. */
  public FinishedClaim {
    sent = List.copyOf(sent);
  }

  /** A claim under which nothing failed. */
  public static FinishedClaim done(Claim claim, List<Waiting> sent) {
    return new FinishedClaim(claim, sent, 0, 0);
  }
}
