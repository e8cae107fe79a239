package im.hongyan.bench.check;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one client did or saw. {@code user} is who; each user has one client at a time. */
public sealed interface Event {
  /** The user whose client did or saw it. */
  String user();

  /** Who may read a conversation, known to the driver since it made it. */
  record Opened(String user, String conversation, Set<String> participants) implements Event {
    /** Copies the set. */
    public Opened {
      participants = Set.copyOf(participants);
    }
  }

  /** The client opens a connection; the one before is over. */
  record Connected(String user) implements Event {}

  /** A message left the client; a resend is one more event with the same id. */
  record Sent(String user, String conversation, String clientMsgId) implements Event {}

  /** The server promised to keep a message. */
  record Acknowledged(
      String user, String conversation, String clientMsgId, String serverMsgId, long sendTime)
      implements Event {}

  /**
   * The server ended the user's login, which no driver gives a reason for.
   *
   * @param reason {@code kicked} for a 2002, else the code with which the token was refused
   */
  record LoggedOut(String user, String reason) implements Event {}

  /** The server refused a message with an error code. */
  record Refused(String user, String conversation, String clientMsgId, int code) implements Event {}

  /** A push of one conversation, as the client took it up. */
  record Pushed(String user, String conversation, List<Copy> copies) implements Event {
    /** Copies the list. */
    public Pushed {
      copies = List.copyOf(copies);
    }
  }

  /**
   * The answer to a pull of a range (1002); no messages also when the conversation was left out.
   *
   * @param num most messages asked for; of a longer range the last ones
   * @param askedAt number of the first event that may have come after the question
   */
  record Pulled(
      String user,
      String conversation,
      long begin,
      long end,
      long num,
      long askedAt,
      List<Copy> copies)
      implements Event {
    /** Copies the list. */
    public Pulled {
      copies = List.copyOf(copies);
    }

    /** The lowest seq that the answer can hold. */
    public long first() {
      return Math.max(Math.max(begin, 1), end - num + 1);
    }

    /** Whether the answer should hold a seq, if there is such a message. */
    public boolean covers(long seq) {
      return seq >= first() && seq <= end;
    }
  }

  /** The answer to "what is the highest seq of my conversations" (1001). */
  record MaxSeqs(String user, Map<String, Long> maxSeqs) implements Event {
    /** Copies the map. */
    public MaxSeqs {
      maxSeqs = Map.copyOf(maxSeqs);
    }
  }

  /** The answer to "how far have I read" (1006). */
  record ReadPositions(String user, Map<String, Position> positions) implements Event {
    /** Copies the map. */
    public ReadPositions {
      positions = Map.copyOf(positions);
    }

    /** Highest seq of a conversation, and the highest one read. */
    public record Position(long maxSeq, long readSeq) {}
  }
}
