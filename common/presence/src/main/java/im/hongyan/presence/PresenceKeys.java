package im.hongyan.presence;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.proto.presence.PresenceChange;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;

/**
 * How presence is laid out in Redis; the package's page lists the keys. A node's hash holds, by
 * user id, the format and then one byte per platform id, ascending. The empty field holds the
 * marker: the format, whether all users are in, the writer's incarnation, a colon, and a version.
 * Stateless.
 */
final class PresenceKeys {
  static final byte[] CHANNEL = RedisScript.bytes("presence");

  /** The marker's field; no user has an empty id. */
  static final byte[] MARKER = {};

  /** So long users stay online when their gateway does not renew. */
  static final long LEASE_MILLIS = 10_000;

  /** Users that one command names. */
  static final int MAX_USERS = 1_000;

  private static final byte FORMAT = '1';
  private static final byte COMPLETE = 'c';
  private static final byte FILLING = 'f';
  private static final int MAX_PLATFORM = 127;

  private PresenceKeys() {}

  static byte[] node(String nodeId) {
    return RedisScript.bytes("presence:{" + nodeId + "}");
  }

  static byte[] marker(boolean complete, String incarnation, long version) {
    byte[] marker = RedisScript.bytes("..%s:%d".formatted(incarnation, version));
    marker[0] = FORMAT;
    marker[1] = complete ? COMPLETE : FILLING;
    return marker;
  }

  /** Whether a marker, empty for none, says that all users of the node are there. */
  static boolean isComplete(byte[] marker) {
    return marker.length > 1 && marker[0] == FORMAT && marker[1] == COMPLETE;
  }

  /** A user's platforms as a value; an empty one for a user who is offline. */
  static byte[] platforms(Set<Integer> platformIds) {
    if (platformIds.isEmpty()) {
      return new byte[0];
    }
    ByteBuffer value = ByteBuffer.allocate(1 + platformIds.size()).put(FORMAT);
    for (int platformId : new TreeSet<>(platformIds)) {
      if (platformId < 1 || platformId > MAX_PLATFORM) {
        throw new IllegalArgumentException("no platform " + platformId);
      }
      value.put((byte) platformId);
    }
    return value.array();
  }

  /** The platforms of a value, ascending; none where its format is not known here. */
  static Set<Integer> platforms(byte[] value) {
    Set<Integer> platformIds = new TreeSet<>();
    if (value.length > 0 && value[0] == FORMAT) {
      for (int i = 1; i < value.length; i++) {
        platformIds.add((int) value[i]);
      }
    }
    return platformIds;
  }

  static byte[] change(PresenceChange change) {
    byte[] message = change.toByteArray();
    return ByteBuffer.allocate(1 + message.length).put(FORMAT).put(message).array();
  }

  static PresenceChange change(byte[] payload) throws InvalidProtocolBufferException {
    if (payload.length == 0 || payload[0] != FORMAT) {
      throw new InvalidProtocolBufferException("not a change of presence of a known format");
    }
    return PresenceChange.parser().parseFrom(payload, 1, payload.length - 1);
  }
}
