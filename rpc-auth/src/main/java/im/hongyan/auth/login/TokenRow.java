package im.hongyan.auth.login;

import java.util.HexFormat;

/**
 * A token as it is stored: by its hash, never itself.
 *
 * @param hash SHA-256 of the token in hex
 * @param state 0 normal, 2 kicked (rest-account.md 1.2)
 * @param usableUntilMillis not 0 for a replaced administrator token, which lives on until then
 */
public record TokenRow(
    int platformId,
    String hash,
    int state,
    long issuedAtMillis,
    long expiresAtMillis,
    long usableUntilMillis) {
  /** Normal. */
  public static final int NORMAL = 0;

  /** Kicked by a newer login or by an administrator. */
  public static final int KICKED = 2;

  /** Whether the token can still be used for its whole time. */
  public boolean live(long nowMillis) {
    return state == NORMAL && expiresAtMillis > nowMillis && usableUntilMillis == 0;
  }

  /** Whether this is the same token, in whatever state. */
  public boolean sameToken(TokenRow other) {
    return platformId == other.platformId && hash.equals(other.hash);
  }

  /** The token after a kick. */
  public TokenRow kicked() {
    return new TokenRow(
        platformId, hash, KICKED, issuedAtMillis, expiresAtMillis, usableUntilMillis);
  }

  /** The token after a newer one of an administrator took its place. */
  public TokenRow usableUntil(long untilMillis) {
    return new TokenRow(platformId, hash, state, issuedAtMillis, expiresAtMillis, untilMillis);
  }

  /** The hash as bytes. */
  public byte[] hashBytes() {
    return HexFormat.of().parseHex(hash);
  }
}
