package im.hongyan.bench.check.rule;

import static im.hongyan.bench.check.rule.Story.copy;
import static im.hongyan.bench.check.rule.Story.placeholder;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Violation;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves that each defect is found by its rule, and that a good history has none. */
class CheckerTest {
  @Test
  void aGoodHistoryHasNoViolation() {
    Story story = new Story().sent("m1").acknowledged("m1").pushed("b", copy("m1", 1));
    story.sent("m2").acknowledged("m2").pushed("a", copy("m1", 1), copy("m2", 2));
    story.read("b", 2, 1).read("b", 2, 2).sent("m3").refused("m3");
    assertThat(story.end(copy("m1", 1), copy("m2", 2)).violations()).isEmpty();
  }

  @Test
  void aLostAcknowledgedMessageIsFoundForEveryParticipant() {
    Story story = new Story().sent("m1").acknowledged("m1").sent("m2").acknowledged("m2");
    story.end(copy("m2", 1));
    assertThat(story.violations()).hasSize(2);
    assertThat(story.violations().getFirst().lines())
        .containsExactly(
            "lost message: m1 was acknowledged, but a does not get it from si_a_b",
            "  #1 Sent[user=a, conversation=si_a_b, clientMsgId=m1]",
            "  #2 Acknowledged[user=a, conversation=si_a_b, clientMsgId=m1,"
                + " serverMsgId=server-m1, sendTime=1000]",
            "  #5 MaxSeqs[user=a, maxSeqs={si_a_b=1}]",
            "  #6 Pulled[user=a, conversation=si_a_b, begin=1, end=1, num=1, askedAt=6,"
                + " copies=[Copy[seq=1, clientMsgId=m2, serverMsgId=server-m2, sendId=a,"
                + " sendTime=1000, status=2]]]");
  }

  @Test
  void aConversationThatIsNotEvenListedIsLost() {
    Story story = new Story().sent("m1").acknowledged("m1");
    story.history.add(new Event.MaxSeqs("b", Map.of()));
    assertThat(story.brokenRules()).containsExactly("lost message");
  }

  @Test
  void aMessageWithTwoSeqsIsADuplicate() {
    Story story = new Story().sent("m1").sent("m1").acknowledged("m1").acknowledged("m1");
    assertThat(story.end(copy("m1", 1), copy("m1", 2)).brokenRules()).containsExactly("duplicate");
  }

  @Test
  void aPushThatComesTwiceIsADuplicate() {
    Story story = new Story().sent("m1").acknowledged("m1");
    story.pushed("b", copy("m1", 1)).pushed("b", copy("m1", 1)).end(copy("m1", 1));
    assertThat(story.brokenRules()).containsExactly("duplicate");
  }

  @Test
  void clientsThatSeeAnotherOrderAreFound() {
    Story story = new Story().sent("m1").sent("m2").acknowledged("m1").acknowledged("m2");
    story.pushed("a", copy("m2", 1), copy("m1", 2)).pushed("b", copy("m1", 1), copy("m2", 2));
    assertThat(story.brokenRules()).contains("disagreement of order");
  }

  @Test
  void anAnswerBelowItsQuestionIsFound() {
    Story story = new Story().sent("m1").acknowledged("m1").sent("m2").acknowledged("m2");
    assertThat(story.end(copy("m2", 1), copy("m1", 2)).brokenRules())
        .containsExactly("order of sending");
  }

  @Test
  void concurrentMessagesMayHaveAnyOrder() {
    Story story = new Story().sent("m1").sent("m2").acknowledged("m1").acknowledged("m2");
    assertThat(story.end(copy("m2", 1), copy("m1", 2)).violations()).isEmpty();
  }

  @Test
  void aPushBehindAHigherOneIsFound() {
    Story story = new Story().sent("m1").sent("m2");
    story.pushed("b", copy("m2", 2)).pushed("b", copy("m1", 1));
    assertThat(story.brokenRules()).containsExactly("push out of order");
  }

  @Test
  void aHoleAndAPlaceholderAreFound() {
    Story hole = new Story().maxSeq("b", 3).pulled("b", 1, 3, copy("m1", 1), copy("m3", 3));
    assertThat(hole.violations())
        .singleElement()
        .extracting(Violation::text)
        .isEqualTo("seq 2 of si_a_b is missing below others in an answer to b");
    Story filled = new Story().maxSeq("b", 2).pulled("b", 1, 2, placeholder(1), copy("m2", 2));
    assertThat(filled.violations())
        .singleElement()
        .extracting(Violation::text)
        .isEqualTo("seq 1 of si_a_b is only a placeholder in an answer to b");
    Story backwards = new Story().maxSeq("b", 2).pulled("b", 1, 2, copy("m2", 2), copy("m1", 1));
    assertThat(backwards.brokenRules()).containsExactly("hole");
  }

  @Test
  void aMaxSeqAboveWhatIsReadableIsFound() {
    Story story = new Story().maxSeq("b", 2).pulled("b", 1, 2, copy("m1", 1));
    assertThat(story.brokenRules()).containsExactly("highest seq");
    Story empty = new Story().read("b", 2, 0).pulled("b", 1, 2);
    assertThat(empty.brokenRules()).containsExactly("highest seq");
    assertThat(new Story().maxSeq("b", 2).maxSeq("b", 1).brokenRules())
        .containsExactly("highest seq");
  }

  @Test
  void aPushThatAPullDoesNotReturnIsFound() {
    Story story = new Story().sent("m1").pushed("b", copy("m1", 1)).pulled("b", 1, 1);
    assertThat(story.brokenRules()).containsExactly("push without pull");
    Story other = new Story().pushed("b", copy("m1", 1));
    other.pulled("b", 1, 1, new Copy(1, "m1", "server-m1", "a", 2_000, 2));
    assertThat(other.brokenRules()).containsExactly("push without pull");
  }

  @Test
  void aPullAskedBeforeThePushNeedNotReturnIt() {
    Story story = new Story();
    long asked = story.history.next();
    story.sent("m1").pushed("b", copy("m1", 1)).pulled("b", asked, 1, 1);
    assertThat(story.brokenRules()).doesNotContain("push without pull");
  }

  @Test
  void aReplyThatDiffersFromTheStoredMessageIsFound() {
    Story id = new Story().sent("m1").acknowledged("m1", "other", 1_000).end(copy("m1", 1));
    assertThat(id.brokenRules()).containsExactly("ids or times differ");
    Story time = new Story().sent("m1").acknowledged("m1", "server-m1", 999).end(copy("m1", 1));
    assertThat(time.brokenRules()).containsExactly("ids or times differ");
    Story resend = new Story().sent("m1").acknowledged("m1").sent("m1");
    resend.acknowledged("m1", "second", 1_000).end(copy("m1", 1));
    assertThat(resend.brokenRules()).containsExactly("ids or times differ");
  }

  @Test
  void aRangeTakenAsSyncedWithoutItsMessagesIsMissed() {
    Story story = new Story().sent("m1").sent("m2");
    story.pulled("b", 1, 2, copy("m1", 1)).pushed("b", copy("m2", 2));
    assertThat(story.brokenRules()).containsExactly("missed by a client");
    assertThat(story.violations().getFirst().text())
        .isEqualTo("b takes seq 2 of si_a_b as synced without having got it; b got it");
  }

  @Test
  void whatWasPushedInTimeIsNotMissed() {
    Story story = new Story().sent("m1").sent("m2").pushed("b", copy("m1", 1), copy("m2", 2));
    assertThat(story.end(copy("m1", 1), copy("m2", 2)).violations()).isEmpty();
  }

  @Test
  void aReadPositionThatGoesBackOrTooFarIsFound() {
    assertThat(new Story().read("b", 3, 2).read("b", 3, 1).brokenRules())
        .containsExactly("read position");
    assertThat(new Story().read("b", 3, 4).brokenRules()).containsExactly("read position");
  }

  @Test
  void aRefusedMessageThatIsStoredIsFound() {
    Story story = new Story().sent("m1").refused("m1").end(copy("m1", 1));
    assertThat(story.brokenRules()).containsExactly("refused but stored");
  }

  @Test
  void aFreshConnectionMayGetTheNewestMessageBesideTheOthers() {
    Story story = new Story().sent("m1").sent("m2").sent("m3").pushed("b", copy("m1", 1));
    story.connected("b").pushed("b", copy("m3", 3)).pushed("b", copy("m2", 2));
    assertThat(story.pushed("b", copy("m3", 3)).brokenRules()).isEmpty();
    assertThat(story.pushed("b", copy("m3", 3)).brokenRules())
        .containsExactlyInAnyOrder("duplicate", "push out of order");
  }

  @Test
  void aConnectionThatIsOlderThanTheConversationMayNot() {
    Story story = new Story().connected("b").sent("m1");
    story.pushed("b", copy("m1", 1)).pushed("b", copy("m1", 1));
    assertThat(story.brokenRules()).containsExactly("duplicate");
  }

  @Test
  void aLoginThatTheServerEndsIsFound() {
    Story kicked = new Story();
    kicked.history.add(new Event.LoggedOut("b", "kicked"));
    assertThat(kicked.brokenRules()).containsExactly("logged out");
    assertThat(new Story().sent("m1").refused("m1", 1503).brokenRules())
        .containsExactly("logged out");
    assertThat(new Story().sent("m1").refused("m1", 500).violations()).isEmpty();
  }

  @Test
  void anOutsiderMustSeeNothing() {
    Story pull = new Story().sent("m1").pulled("c", 1, 1, copy("m1", 1));
    assertThat(pull.brokenRules()).containsExactly("seen by an outsider");
    assertThat(new Story().sent("m1").pushed("c", copy("m1", 1)).brokenRules())
        .containsExactly("seen by an outsider");
    assertThat(new Story().maxSeq("c", 1).brokenRules()).containsExactly("seen by an outsider");
    assertThat(new Story().pulled("c", 1, 1).violations()).isEmpty();
  }

  @Test
  void theVerdictCountsAndPrintsTheFirstCounterexampleWhole() {
    Story story = new Story().read("b", 3, 4).maxSeq("c", 1);
    assertThat(Verdict.of(story.history).lines())
        .containsExactly(
            "CHECK FAILED over 3 events of clients",
            "  read position: 1",
            "  seen by an outsider: 1",
            "first counterexample:",
            "  read position: b has read si_a_b up to 4, which ends at 3",
            "    #1 ReadPositions[user=b, positions={si_a_b=Position[maxSeq=3, readSeq=4]}]");
    assertThat(Verdict.of(new Story().history).lines())
        .containsExactly("check: 14 rules hold over 1 events of clients");
  }
}
