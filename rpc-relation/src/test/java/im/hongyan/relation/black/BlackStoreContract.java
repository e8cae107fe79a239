package im.hongyan.relation.black;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.relation.outbox.Notes;
import im.hongyan.wire.id.MessageIds;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves that an entry of a blacklist is made once, with what is told of it. */
public abstract class BlackStoreContract {
  /** The store. */
  protected abstract BlackStore store();

  /** Texts of the notifications that were written to a conversation. */
  protected abstract List<String> told(String conversationId);

  @Test
  void anEntryIsMadeOnceAndToldOnce() {
    String owner = "A" + MessageIds.next();
    String conversation = Notes.conversation();
    Black black = new Black(owner, "bob", 1, 0, owner, "ex");
    assertThat(store().contains(owner, "bob")).isFalse();
    assertThat(store().add(black, Notes.note(conversation, "1", 1))).isTrue();
    assertThat(store().add(black, Notes.note(conversation, "2", 1))).isFalse();
    assertThat(store().contains(owner, "bob")).isTrue();
    assertThat(store().contains("bob", owner)).isFalse();
    assertThat(store().contains(owner, "Bob")).isFalse();
    assertThat(told(conversation)).containsExactly("1");
  }
}
