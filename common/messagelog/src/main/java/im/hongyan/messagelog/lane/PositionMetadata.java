package im.hongyan.messagelog.lane;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.Base64;

/** A follower's position as the metadata of a commit in Kafka, which is text. Stateless. */
public final class PositionMetadata {
  private PositionMetadata() {}

  /** The text of a position. */
  public static String encode(FollowerPosition position) {
    return Base64.getEncoder().encodeToString(position.toByteArray());
  }

  /** The position of a text; before the first record where there is none, or it is damaged. */
  public static FollowerPosition decode(String metadata) {
    if (metadata.isEmpty()) {
      return HistoryStore.START;
    }
    try {
      return FollowerPosition.parseFrom(Base64.getDecoder().decode(metadata));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return HistoryStore.START;
    }
  }
}
