package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * Nobody is logged out: no kick, and no refusal with one of the codes at which clients forget their
 * token (websocket.md 1.4), since the driver's users have one client each and valid tokens.
 */
public final class LoggedOut implements Rule {
  private static final int FIRST_FINAL = 1501;
  private static final int LAST_FINAL = 1507;

  /** Whether a client forgets its token at this code. */
  public static boolean endsLogin(int code) {
    return code >= FIRST_FINAL && code <= LAST_FINAL;
  }

  @Override
  public String name() {
    return "logged out";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    for (Entry entry : facts.entries()) {
      switch (entry.event()) {
        case Event.LoggedOut end -> violations.add(violation(end.user(), end.reason(), entry));
        case Event.Refused refusal when endsLogin(refusal.code()) ->
            violations.add(violation(refusal.user(), Integer.toString(refusal.code()), entry));
        default -> {}
      }
    }
    return violations;
  }

  private Violation violation(String user, String reason, Entry entry) {
    return new Violation(name(), user + " was logged out: " + reason, List.of(entry));
  }
}
