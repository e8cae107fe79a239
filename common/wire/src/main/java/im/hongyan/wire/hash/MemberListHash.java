package im.hongyan.wire.hash;

import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.wire.json.GoJsonWriter;
import im.hongyan.wire.json.JsonBuffer;
import java.security.MessageDigest;

/**
 * The hash of a group's members (rest-group.md 7.7), made one by one, so that a large group needs
 * no room. Single-threaded.
 */
public final class MemberListHash {
  private static final int BYTES_PER_MEMBER = 300;

  private final MessageDigest digest = ListHashes.newDigest();
  private char separator = '[';

  /** Adds the next member in the order of user ids, filled in by the caller. */
  public void add(GroupMemberFullInfo member) {
    JsonBuffer json = new JsonBuffer(BYTES_PER_MEMBER).raw(separator);
    separator = ',';
    GoJsonWriter.write(member, json);
    digest.update(json.toByteArray());
  }

  /** The hash of all members that were added; to be called once. */
  public long value() {
    digest.update(JsonBuffer.ascii(separator == '[' ? "[]" : "]"));
    return ListHashes.firstEight(digest);
  }
}
