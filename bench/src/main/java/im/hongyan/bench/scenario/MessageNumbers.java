package im.hongyan.bench.scenario;

import java.util.HexFormat;

/**
 * Client message ids that carry their message's number, so that whoever sees one knows which it is:
 * 16 hexadecimal digits of the run, 16 of the number. Immutable.
 */
record MessageNumbers(long runId) {
  /** What an id of another run, or none of ours, means. */
  static final int FOREIGN = -1;

  private static final int HALF = 16;

  /** Numbers of a run that no other one has had. */
  static MessageNumbers ofNewRun() {
    return new MessageNumbers(System.nanoTime() ^ System.currentTimeMillis() << 20);
  }

  String id(int number) {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(runId) + hex.toHexDigits((long) number);
  }

  int number(String clientMsgId) {
    if (clientMsgId.length() != 2 * HALF) {
      return FOREIGN;
    }
    try {
      if (HexFormat.fromHexDigitsToLong(clientMsgId, 0, HALF) != runId) {
        return FOREIGN;
      }
      return Math.toIntExact(HexFormat.fromHexDigitsToLong(clientMsgId, HALF, 2 * HALF));
    } catch (IllegalArgumentException | ArithmeticException noNumber) {
      return FOREIGN;
    }
  }
}
