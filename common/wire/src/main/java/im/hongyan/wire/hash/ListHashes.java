package im.hongyan.wire.hash;

import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.wire.json.JsonBuffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Hashes by which clients see whether their copy of a list is current (rest-group.md 7.7): the
 * first eight bytes, big-endian, of the MD5 of the list's compact JSON. Unsigned. Stateless.
 */
public final class ListHashes {
  private static final int BYTES_PER_ID = 40;

  private ListHashes() {}

  /** Hash of ids in server order; 0 for none. */
  public static long idHash(List<String> ids) {
    if (ids.isEmpty()) {
      return 0;
    }
    JsonBuffer json = new JsonBuffer(BYTES_PER_ID * ids.size());
    char separator = '[';
    for (String id : ids) {
      json.raw(separator).string(id);
      separator = ',';
    }
    MessageDigest digest = newDigest();
    digest.update(json.raw(']').toByteArray());
    return firstEight(digest);
  }

  /** Hash of a group's members, which the caller has sorted by user id and filled in. */
  public static long groupMemberListHash(List<GroupMemberFullInfo> members) {
    MemberListHash hash = new MemberListHash();
    members.forEach(hash::add);
    return hash.value();
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has MD5", impossible);
    }
  }

  static long firstEight(MessageDigest digest) {
    return ByteBuffer.wrap(digest.digest()).getLong();
  }
}
