package im.hongyan.push.online;

import com.google.common.collect.Lists;
import im.hongyan.relationclient.GroupView;
import im.hongyan.relationclient.MemberChunk;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;

/**
 * Who gets a push: users by name, and chunks of a group's members, which a gateway is sent once and
 * referred to from then on. Immutable.
 *
 * @param users nobody of the chunks
 * @param chunks lists that are the same objects as long as they hold the same users
 */
record Targets(List<String> users, List<List<String>> chunks) {
  /** Nobody. */
  static final Targets NOBODY = new Targets(List.of(), List.of());

  /** Smaller groups are named member by member, to those gateways that hold some. */
  static final int CHUNKS_FROM = 200;

  /** Users of a slice at most. */
  static final int MOST = 1_000;

  Targets {
    users = List.copyOf(users);
    chunks = List.copyOf(chunks);
  }

  /**
   * A part of a push.
   *
   * @param number from 0, the same whenever the same targets are cut
   * @param kept whether a gateway shall keep the list
   */
  record Slice(int number, List<String> users, boolean kept) {}

  /** These users and the members of a group. */
  static Targets of(List<String> users, GroupView group) {
    List<String> others =
        users.stream().filter(user -> group.member(new UserId(user)).isEmpty()).toList();
    if (group.size() >= CHUNKS_FROM) {
      return new Targets(others, group.chunks().stream().map(MemberChunk::userIds).toList());
    }
    List<String> all = new ArrayList<>(others);
    group.members().forEach(member -> all.add(member.userId()));
    return new Targets(all, List.of());
  }

  /** In how many slices the push is cut; some may hold nobody. */
  int slices() {
    int named = (users.size() + MOST - 1) / MOST;
    return Math.max(1, chunks.isEmpty() ? named : Math.max(1, named) + chunks.size());
  }

  /** The slices that hold somebody: first those by name, from number 0 on, then the chunks. */
  List<Slice> cut() {
    List<Slice> slices = new ArrayList<>();
    int number = 0;
    for (List<String> slice : Lists.partition(users, MOST)) {
      slices.add(new Slice(number++, slice, false));
    }
    number = slices() - chunks.size();
    for (List<String> chunk : chunks) {
      if (!chunk.isEmpty()) {
        // Ids are nobody's to choose so that they share a chunk; if they do, they are named each
        // time.
        slices.add(new Slice(number, chunk, chunk.size() <= MOST));
      }
      number++;
    }
    return slices;
  }
}
