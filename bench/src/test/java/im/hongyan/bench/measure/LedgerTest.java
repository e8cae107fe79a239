package im.hongyan.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Proves the book-keeping: what is missing, what came twice, what was refused. */
class LedgerTest {
  @Test
  void everyMessageHasOneFate() {
    Ledger ledger = new Ledger(5);
    int delivered = ledger.open(1);
    int lost = ledger.open(2);
    int refused = ledger.open(3);
    int unanswered = ledger.open(4);
    ledger.received(delivered);
    ledger.acknowledged(delivered);
    ledger.received(delivered);
    ledger.acknowledged(lost);
    ledger.refused(refused, "1302 BlockedByPeer");
    ledger.failed(unanswered, "the connection ended");
    ledger.received(4);
    ledger.received(-1);
    assertThat(ledger.counts()).isEqualTo(new Ledger.Counts(4, 2, 1, 1, 2, 1));
    assertThat(ledger.isIdle()).isFalse();
    assertThat(ledger.firstProblem()).isEqualTo("1302 BlockedByPeer");
  }

  @Test
  void aRunIsSettledWhenAllIsAnsweredAndReceived() {
    Ledger ledger = new Ledger(2);
    int first = ledger.open(1);
    int second = ledger.open(2);
    ledger.acknowledged(first);
    ledger.received(first);
    ledger.acknowledged(second);
    assertThat(ledger.isIdle()).isFalse();
    ledger.received(second);
    assertThat(ledger.isIdle()).isTrue();
    assertThatThrownBy(() -> ledger.open(3)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aGroupMessageWantsManyReceipts() {
    Ledger ledger = new Ledger(3);
    int message = ledger.open(1, 2);
    ledger.acknowledged(message);
    ledger.received(message);
    assertThat(ledger.counts().missing()).isEqualTo(1);
    assertThat(ledger.isIdle()).isFalse();
    ledger.received(message);
    ledger.received(message);
    assertThat(ledger.counts()).isEqualTo(new Ledger.Counts(1, 1, 0, 2, 0, 1));
    assertThat(ledger.isIdle()).isTrue();
    assertThat(ledger.servedCount()).isEqualTo(2);
  }

  @Test
  void whatIsOnlyAnsweredIsMissingWithoutItsAnswer() {
    Ledger ledger = new Ledger(2);
    ledger.acknowledged(ledger.open(1, 0));
    assertThat(ledger.isIdle()).isTrue();
    ledger.failed(ledger.open(1, 0), "the connection ended");
    assertThat(ledger.counts()).isEqualTo(new Ledger.Counts(2, 1, 0, 0, 1, 0));
    assertThat(ledger.servedCount()).isEqualTo(1);
  }
}
