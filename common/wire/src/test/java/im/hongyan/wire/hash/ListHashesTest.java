package im.hongyan.wire.hash;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves the hashes by the vectors of rest-group.md 7.7. */
class ListHashesTest {
  @Test
  void idHashes() {
    assertThat(ListHashes.idHash(List.of())).isZero();
    assertThat(Long.toUnsignedString(ListHashes.idHash(List.of("u1", "u2"))))
        .isEqualTo("9194020308628654040");
    assertThat(Long.toUnsignedString(ListHashes.idHash(List.of("a<b"))))
        .isEqualTo("16730682375405228017");
  }

  @Test
  void memberHashes() {
    assertThat(Long.toUnsignedString(ListHashes.groupMemberListHash(List.of())))
        .isEqualTo("15515306683186839187");
    GroupMemberFullInfo member =
        GroupMemberFullInfo.newBuilder()
            .setGroupID("g1")
            .setUserID("u1")
            .setRoleLevel(100)
            .setJoinTime(1_700_000_000_000L)
            .setNickname("A")
            .setJoinSource(2)
            .setOperatorUserID("u1")
            .setInviterUserID("u1")
            .build();
    assertThat(Long.toUnsignedString(ListHashes.groupMemberListHash(List.of(member))))
        .isEqualTo("10912418422703584453");
    assertThat(ListHashes.groupMemberListHash(List.of(member, member)))
        .isNotEqualTo(ListHashes.groupMemberListHash(List.of(member)));
  }
}
