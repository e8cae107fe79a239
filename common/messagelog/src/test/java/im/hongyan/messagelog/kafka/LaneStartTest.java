package im.hongyan.messagelog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.messagelog.lane.LaneFaultException;
import org.junit.jupiter.api.Test;

/** Proves where a follower starts in a log that was cut, and when it must not. */
class LaneStartTest {
  private static String fault(LaneStart start, long begin, long end) {
    try {
      start.within("im-x", 3, begin, end);
    } catch (LaneFaultException e) {
      return e.detail();
    }
    throw new AssertionError("it starts");
  }

  @Test
  void itStartsWhereItWantsToOrAtTheBeginWhereItHasAllBefore() {
    LaneStart start = new LaneStart(10, 19, false);
    assertThat(start.within("im-x", 3, 0, 30)).isEqualTo(10);
    assertThat(start.within("im-x", 3, 10, 20)).isEqualTo(10);
    assertThat(start.within("im-x", 3, 15, 20)).isEqualTo(15);
    assertThat(start.within("im-x", 3, 20, 20)).isEqualTo(20);
    assertThat(start.passedOver("im-x", 3, 20)).isEmpty();
  }

  @Test
  void aRecordThatIsGoneAndNotHandledStopsIt() {
    assertThat(fault(new LaneStart(10, 19, false), 21, 30))
        .isEqualTo(
            "lane 3: records 20 to 20 are gone from im-x, and not handled yet;"
                + " see docs/operations/recovery.md");
    assertThat(fault(LaneStart.at(5), 7, 9)).contains("records 5 to 6 are gone");
  }

  @Test
  void oneThatPassesOverSaysWhat() {
    LaneStart start = new LaneStart(10, 19, true);
    assertThat(start.within("im-x", 3, 25, 30)).isEqualTo(25);
    assertThat(start.passedOver("im-x", 3, 25))
        .contains("lane 3: records 20 to 24 are gone from im-x and are passed over");
  }

  @Test
  void aLogThatEndsBeforeWhatWasHandledStopsEverybody() {
    for (boolean passesOver : new boolean[] {false, true}) {
      assertThat(fault(new LaneStart(10, 19, passesOver), 0, 19))
          .isEqualTo(
              "lane 3: im-x ends before record 19, but records up to 19 were handled: the log was"
                  + " lost or restored from a copy; see docs/operations/recovery.md");
    }
    assertThatThrownBy(() -> LaneStart.at(5).within("im-x", 3, 0, 4))
        .isInstanceOf(LaneFaultException.class);
    assertThat(LaneStart.at(5).within("im-x", 3, 0, 5)).isEqualTo(5);
    assertThat(LaneStart.at(0).within("im-x", 3, 0, 0)).isZero();
  }
}
