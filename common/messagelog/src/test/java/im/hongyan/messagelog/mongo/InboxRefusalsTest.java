package im.hongyan.messagelog.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves which answers of the server park a message, and that those which say that the server is in
 * trouble do not: these are tried again.
 */
class InboxRefusalsTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 9, 121, 10_334, 17_280})
  void aDocumentThatCannotBeStoredIsADeadLetter(int code) {
    assertThat(MongoInboxStore.refusedForGood(code)).isTrue();
  }

  /** Not primary, interrupted, shutting down, out of disk space, exceeded time, unauthorized. */
  @ParameterizedTest
  @ValueSource(ints = {10_107, 11_600, 91, 14_031, 50, 13})
  void aServerInTroubleIsNotAskedToPark(int code) {
    assertThat(MongoInboxStore.refusedForGood(code)).isFalse();
  }
}
