package im.hongyan.messagelog.redis;

import im.hongyan.drivers.redis.RedisScript;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * How the lanes' keys in Redis are named; the package's page lists them with how long they live.
 * All keys of lane 3 share the hash tag {@code {L3}}; all but the state and the tickets carry the
 * lane's generation, so that a reload never mixes with what was there before.
 */
final class LaneKeys {
  static final long TICKET_SECONDS = 86_400;
  static final long STAGING_SECONDS = 600;
  static final byte[] GENERATION = {'g'};
  static final byte[] POSITION = {'p'};
  static final byte[] INBOUND = {'i'};
  static final byte[] OPEN = {'o'};
  private static final int HASH_BYTES = 8;

  private LaneKeys() {}

  static byte[] state(int lane) {
    return RedisScript.bytes("{L" + lane + "}:state");
  }

  /** The state of a generation while it is loaded. */
  static byte[] staging(int lane, String generation) {
    return RedisScript.bytes("{L" + lane + "}:load:" + generation);
  }

  static byte[] channel(int lane) {
    return RedisScript.bytes("lane:" + lane);
  }

  static byte[] seq(int lane, String generation, String conversation) {
    return key(lane, generation, "s", conversation);
  }

  static byte[] window(int lane, String generation, long epochDay, String conversation) {
    return key(lane, generation, "w:" + epochDay, conversation);
  }

  static byte[] cache(int lane, String generation, String conversation) {
    return key(lane, generation, "m", conversation);
  }

  static byte[] reads(int lane, String generation, String conversation) {
    return key(lane, generation, "r", conversation);
  }

  /** Mutations that history may not have yet. */
  static byte[] overlay(int lane, String generation, String conversation) {
    return key(lane, generation, "o", conversation);
  }

  /** The overlay's fields in log order. */
  static byte[] overlayQueue(int lane, String generation, String conversation) {
    return key(lane, generation, "q", conversation);
  }

  static byte[] ticket(int lane, String conversation, byte[] hash) {
    return RedisScript.bytes(
        "{L" + lane + "}:t:" + conversation + ":" + java.util.HexFormat.of().formatHex(hash));
  }

  private static byte[] key(int lane, String generation, String kind, String conversation) {
    return RedisScript.bytes("{L" + lane + "}:" + generation + ":" + kind + ":" + conversation);
  }

  static long epochDay(long millis) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC).toEpochDay();
  }

  /** What a window holds instead of sender and client id; a hit is checked against the message. */
  static byte[] hash(String sendId, String clientMsgId) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] sender = sendId.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(sender.length).array());
      digest.update(sender);
      byte[] full = digest.digest(clientMsgId.getBytes(StandardCharsets.UTF_8));
      return java.util.Arrays.copyOf(full, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
