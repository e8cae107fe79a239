package im.hongyan.msg.pull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.messagelog.lane.MarkStore;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whose conversations are (messaging.md 1.2). Remembers owners, who never change; that nobody owns
 * one is asked each time. Safe for use by several threads; may block.
 */
final class Owners {
  private static final int MAX_REMEMBERED = 50_000;

  private final MarkStore store;
  private final Cache<String, ConversationOwner> remembered =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

  Owners(MarkStore store) {
    this.store = store;
  }

  /** By the ids' part behind the prefix; those of nobody are left out. */
  Map<String, ConversationOwner> of(Collection<ConversationId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Set<String> keys = ids.stream().map(ConversationId::key).collect(Collectors.toSet());
    Map<String, ConversationOwner> owners = new HashMap<>(remembered.getAllPresent(keys));
    List<String> unknown = keys.stream().filter(key -> !owners.containsKey(key)).toList();
    if (!unknown.isEmpty()) {
      Map<String, ConversationOwner> stored = store.owners(unknown);
      remembered.putAll(stored);
      owners.putAll(stored);
    }
    return owners;
  }
}
