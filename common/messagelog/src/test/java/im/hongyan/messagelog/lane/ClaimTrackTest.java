package im.hongyan.messagelog.lane;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves what is known of the claims before the begin of a log that was cut. */
class ClaimTrackTest {
  private static FollowerPosition position(long offset, Long... claims) {
    FollowerPosition.Builder position =
        FollowerPosition.newBuilder().setOffset(offset).addAllClaims(List.of(claims));
    List.of(claims).forEach(_ -> position.addClaimMillis(1));
    return position.build();
  }

  private static boolean counts(ClaimTrack track, long offset, long term) {
    return track.take(offset, 1, SequencedRecord.newBuilder().setTerm(term).build());
  }

  @Test
  void theLatestClaimBeforeTheBeginIsThatOfAnyPosition() {
    List<FollowerPosition> positions = List.of(position(30, 10L, 20L), position(40, 15L, 25L, 35L));
    ClaimTrack track = ClaimTrack.from(32, positions);
    assertThat(track.latest()).isEqualTo(25);
    assertThat(counts(track, 32, 25)).isTrue();
    assertThat(counts(track, 33, 20)).as("of an owner before").isFalse();
    track.take(35, 1, SequencedRecord.newBuilder().setClaim(Claim.getDefaultInstance()).build());
    assertThat(counts(track, 36, 25)).isFalse();
    assertThat(counts(track, 36, 35)).isTrue();
  }

  @Test
  void whereReadingBeginsAtAClaimNothingIsKnownBefore() {
    assertThat(ClaimTrack.from(10, List.of(position(30, 10L, 20L))).latest()).isEqualTo(-1);
    assertThat(ClaimTrack.from(0, List.of(position(-1))).latest()).isEqualTo(-1);
  }

  @Test
  void aClaimIsProvenByAPositionThatReachesTheBeginAndRemembersOneBefore() {
    assertThat(ClaimTrack.proven(32, List.of(position(31, 10L, 20L))))
        .hasValueSatisfying(track -> assertThat(track.latest()).isEqualTo(20));
    assertThat(ClaimTrack.proven(33, List.of(position(31, 10L, 20L))))
        .as("there may be a claim at 32")
        .isEmpty();
    assertThat(ClaimTrack.proven(32, List.of(position(50, 40L))))
        .as("the one before is forgotten")
        .isEmpty();
    assertThat(ClaimTrack.proven(32, List.of(position(20, 10L), position(50, 25L, 40L))))
        .hasValueSatisfying(track -> assertThat(track.latest()).isEqualTo(25));
    assertThat(ClaimTrack.proven(0, List.of(position(-1)))).isEmpty();
  }
}
