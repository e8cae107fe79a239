package im.hongyan.auth.login;

import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Which tokens a new login ends (rest-account.md 1.3). Where the specification leaves open which
 * one is kept, the newest is. Immutable, decides from its arguments alone.
 *
 * @param number {@code share.multiLogin.policy}: 0, 1, 4 or 5
 * @param mostPerPlatform {@code share.multiLogin.maxNumOneEnd}, for policy 0
 */
public record LoginPolicy(int number, int mostPerPlatform) {
  private static final String PC = "PC";
  private static final Comparator<TokenRow> NEWEST_FIRST =
      Comparator.comparingLong(TokenRow::issuedAtMillis).reversed().thenComparing(TokenRow::hash);

  /**
   * The tokens to kick.
   *
   * @param live live tokens of the user, those of administrators' platform left out
   * @param platformId platform of the new token
   * @throws ImException 500 for a number that is no policy
   */
  public List<TokenRow> kicked(List<TokenRow> live, int platformId) {
    return switch (number) {
      case 0 -> excess(live, platformId);
      case 1 -> exclusive(live, TokenRow::platformId, platformId);
      case 4 -> exclusive(live, row -> loginClass(row.platformId()), loginClass(platformId));
      case 5 -> besidePc(live, platformId);
      default -> throw ImException.internal("unknown multiLogin policy");
    };
  }

  private List<TokenRow> excess(List<TokenRow> live, int platformId) {
    List<TokenRow> kicked = new ArrayList<>();
    grouped(live, TokenRow::platformId)
        .forEach((platform, rows) -> {
          int kept = mostPerPlatform - (platform == platformId ? 1 : 0);
          kicked.addAll(rows.subList(Math.min(rows.size(), kept), rows.size()));
        });
    return kicked;
  }

  /** Everything of the new token's group, and all but the newest of every other group. */
  private static <K> List<TokenRow> exclusive(
      List<TokenRow> live, Function<TokenRow, K> group, K own) {
    List<TokenRow> kicked = new ArrayList<>();
    grouped(live, group)
        .forEach((key, rows) -> kicked.addAll(rows.subList(key.equals(own) ? 0 : 1, rows.size())));
    return kicked;
  }

  private static List<TokenRow> besidePc(List<TokenRow> live, int platformId) {
    List<TokenRow> others =
        live.stream()
            .filter(row -> !loginClass(row.platformId()).equals(PC))
            .sorted(
                Comparator.comparing(
                        (TokenRow row) -> row.platformId() != Platform.ANDROID.number())
                    .thenComparing(NEWEST_FIRST))
            .toList();
    boolean keepOne = loginClass(platformId).equals(PC) && !others.isEmpty();
    return others.subList(keepOne ? 1 : 0, others.size());
  }

  private static <K> Map<K, List<TokenRow>> grouped(
      List<TokenRow> live, Function<TokenRow, K> group) {
    Map<K, List<TokenRow>> groups = new LinkedHashMap<>();
    live.stream()
        .sorted(NEWEST_FIRST)
        .forEach(row -> groups.computeIfAbsent(group.apply(row), k -> new ArrayList<>()).add(row));
    return groups;
  }

  private static String loginClass(int platformId) {
    return Platform.of(platformId).map(Platform::loginClass).orElse("");
  }
}
