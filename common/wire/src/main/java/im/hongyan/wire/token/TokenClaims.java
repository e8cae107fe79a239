package im.hongyan.wire.token;

/**
 * What a login token says (rest-account.md 1.1).
 *
 * @param userId whose token it is
 * @param platformId number of the platform it was issued for
 * @param expiresAtSeconds end of validity, Unix seconds
 * @param issuedAtSeconds Unix seconds; five seconds before the true moment of issue
 */
public record TokenClaims(
    String userId, int platformId, long expiresAtSeconds, long issuedAtSeconds) {}
