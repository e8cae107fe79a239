package im.hongyan.messagelog.search;

import java.util.List;

/**
 * What a stretch of a lane brings the index.
 *
 * @param messages in the order of the log
 * @param erased those that were deleted for everybody
 * @param atMillis when its last record was appended
 */
public record SearchBatch(List<Message> messages, List<Erased> erased, long atMillis) {
  /** Copies the lists. */
  public SearchBatch {
    messages = List.copyOf(messages);
    erased = List.copyOf(erased);
  }

  /**
   * A message of a chat.
   *
   * @param receiver the other user, or the group
   * @param text what it is found by; may be empty
   */
  public record Message(
      String conversationId,
      long seq,
      String sendId,
      String receiver,
      long sentMillis,
      int contentType,
      String text) {}

  /** A message that nobody finds any more. */
  public record Erased(String conversationId, long seq) {}

  public boolean isEmpty() {
    return messages.isEmpty() && erased.isEmpty();
  }
}
