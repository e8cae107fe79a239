package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.standalone.sync.Device;
import im.hongyan.standalone.sync.OpenedConversation;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * Two devices of Alice and one of Bob in a chat of two and in a group that Alice owns. A seed says
 * what they do, one after the other, and when they are away; when their pushes come it does not.
 * Used by one thread; its creator closes it.
 */
final class DeviceLife implements AutoCloseable {
  private final RestCalls rest;
  private final Random random;
  private final List<String> done = new ArrayList<>();
  private final List<Player> players = new ArrayList<>();
  private final LoginOptions alicesPad;
  private final LoginOptions bobsPad;
  private final Chat single;
  private final Chat group;

  /** A device and whose it is. */
  private record Player(String name, Device device, String user, String peer) {}

  /**
   * A conversation, and what the plain rules say of it.
   *
   * @param group the group's id, empty for a chat of two
   * @param owner who may revoke, delete and clear what others sent; empty for nobody
   */
  private record Chat(String id, String group, String owner, ChatModel model) {
    boolean mayChange(String user, long seq) {
      return model.sentBy(seq, user) || owner.equals(user);
    }
  }

  DeviceLife(SystemAddress system, RestCalls rest, long seed) {
    this.rest = rest;
    this.random = new Random(seed);
    String suffix = MessageIds.next().substring(0, 8);
    String alice = "alice" + suffix;
    String bob = "bob" + suffix;
    LoginOptions phone = system.login(alice, Platform.ANDROID);
    LoginOptions bobsPhone = system.login(bob, Platform.IOS);
    alicesPad = system.login(alice, Platform.IPAD);
    bobsPad = system.login(bob, Platform.IPAD);
    players.add(new Player("phone", new Device(phone, rest), alice, bob));
    LoginOptions desk = system.login(alice, Platform.WINDOWS);
    players.add(new Player("desk", new Device(desk, rest), alice, bob));
    players.add(new Player("bob", new Device(bobsPhone, rest), bob, alice));
    single = new Chat(ConversationId.single(alice, bob).value(), "", "", new ChatModel());
    String flock = new SocialLife(system, rest).create("flock", phone, bobsPhone);
    group = new Chat(ConversationId.group(flock).value(), flock, alice, new ChatModel());
    // The group's first message says that it was made.
    group.model().send(alice, "", 0);
    Player first = players.getFirst();
    first.device().connect();
    send(first, single);
  }

  /** One of the devices does something, comes or goes. */
  void step() {
    Player player = players.get(random.nextInt(players.size()));
    Chat chat = random.nextBoolean() ? single : group;
    if (!player.device().isConnected()) {
      if (random.nextBoolean()) {
        note(player, "connects");
        player.device().connect();
      }
      return;
    }
    int dice = random.nextInt(100);
    if (dice < 12) {
      note(player, "leaves");
      player.device().leave();
    } else if (dice < 45) {
      send(player, chat);
    } else if (dice < 55) {
      readTo(player, chat);
    } else if (dice < 62) {
      read(player, chat);
    } else if (dice < 74) {
      revoke(player, chat);
    } else if (dice < 82) {
      delete(player, chat);
    } else if (dice < 91) {
      deleteForAll(player, chat);
    } else {
      clear(player, chat, dice);
    }
    if (random.nextInt(3) == 0) {
      connected().forEach(other -> other.device().takePushes());
    }
  }

  private void note(Player player, String what) {
    done.add(player.name() + " " + what);
  }

  private List<Player> connected() {
    return players.stream().filter(player -> player.device().isConnected()).toList();
  }

  private void send(Player player, Chat chat) {
    chat.model().send(player.user(), "", 0);
    long seq = chat.model().last();
    note(player, "sends " + seq + " to " + chat.id());
    String text = "m" + seq;
    Device device = player.device();
    long got =
        chat.group().isEmpty()
            ? device.sendToUser(chat.id(), player.peer(), text)
            : device.sendToGroup(chat.id(), chat.group(), text);
    assertThat(got).isEqualTo(seq);
  }

  private long any(Chat chat) {
    return 1 + random.nextLong(chat.model().last());
  }

  /** One to three seqs, also of messages that the user has cleared. */
  private List<Long> some(Chat chat, LongPredicate which) {
    List<Long> all = LongStream.rangeClosed(1, chat.model().last()).filter(which).boxed().toList();
    Set<Long> some = new LinkedHashSet<>();
    for (int i = random.nextInt(3); i >= 0 && !all.isEmpty(); i--) {
      some.add(all.get(random.nextInt(all.size())));
    }
    return List.copyOf(some);
  }

  private void readTo(Player player, Chat chat) {
    long seq = any(chat);
    note(player, "reads " + chat.id() + " to " + seq);
    player.device().readTo(chat.id(), seq);
  }

  private void read(Player player, Chat chat) {
    List<Long> seqs = some(chat, seq -> true);
    note(player, "reads " + seqs + " of " + chat.id());
    player.device().read(chat.id(), seqs);
  }

  private void revoke(Player player, Chat chat) {
    ChatModel model = chat.model();
    List<Long> seqs =
        some(
            chat,
            seq ->
                seq >= model.first(player.user())
                    && chat.mayChange(player.user(), seq)
                    && !model.erased(seq)
                    && !model.revoked(seq));
    for (long seq : seqs) {
      note(player, "revokes " + seq + " of " + chat.id());
      player.device().revoke(chat.id(), seq);
      model.revoke(seq);
    }
  }

  private void delete(Player player, Chat chat) {
    List<Long> seqs = some(chat, seq -> true);
    note(player, "deletes " + seqs + " of " + chat.id());
    player.device().delete(chat.id(), seqs, false);
    seqs.forEach(seq -> chat.model().delete(player.user(), seq));
  }

  /** What the user has cleared cannot be deleted for others any more. */
  private void deleteForAll(Player player, Chat chat) {
    List<Long> seqs = some(chat, seq -> chat.mayChange(player.user(), seq));
    if (seqs.isEmpty()) {
      return;
    }
    note(player, "deletes " + seqs + " of " + chat.id() + " for all");
    player.device().delete(chat.id(), seqs, true);
    seqs.stream()
        .filter(seq -> seq >= chat.model().first(player.user()))
        .forEach(chat.model()::erase);
  }

  private void clear(Player player, Chat chat, int dice) {
    awaitAll(player, single);
    awaitAll(player, group);
    boolean mayClearForAll = chat.group().isEmpty() || chat.owner().equals(player.user());
    if (dice == 99 && mayClearForAll) {
      note(player, "clears " + chat.id() + " for all");
      player.device().clear(chat.id(), true);
      chat.model().clearForAll(player.user());
    } else if (dice == 98) {
      note(player, "clears everything");
      player.device().clearAll();
      single.model().clear(player.user());
      group.model().clear(player.user());
    } else {
      note(player, "clears " + chat.id());
      player.device().clear(chat.id(), false);
      chat.model().clear(player.user());
    }
  }

  /** Users clear what they see. */
  private static void awaitAll(Player player, Chat chat) {
    if (chat.model().first(player.user()) <= chat.model().last()) {
      player.device().awaitMessage(chat.id(), chat.model().last());
    }
  }

  /**
   * Those who stayed show by what was pushed, the others once they are back, what a new one shows.
   */
  void end() {
    for (Player player : connected()) {
      eventually(() -> {
        player.device().takePushes();
        Device fresh = fresh(player);
        fresh.connect();
        try {
          assertThat(player.device().open()).as(player.name()).isEqualTo(fresh.open());
        } finally {
          fresh.leave();
        }
      });
    }
    done.add("all connect again");
    for (Player player : players) {
      player.device().leave();
      player.device().connect();
    }
    for (Player player : players) {
      Device fresh = fresh(player);
      fresh.connect();
      Map<String, OpenedConversation> expected = fresh.open();
      assertThat(shown(expected, single)).isEqualTo(single.model().visible(player.user()));
      assertThat(shown(expected, group)).isEqualTo(group.model().visible(player.user()));
      assertThat(player.device().open()).as(player.name()).isEqualTo(expected);
      assertThat(player.device().rows()).as(player.name()).isEqualTo(fresh.rows());
      fresh.leave();
    }
  }

  private Device fresh(Player player) {
    return new Device(player.user().equals(alicesPad.userId()) ? alicesPad : bobsPad, rest);
  }

  private static List<String> shown(Map<String, OpenedConversation> opened, Chat chat) {
    OpenedConversation conversation = opened.get(chat.id());
    return conversation == null
        ? List.of()
        : conversation.messages().stream()
            .map(line -> {
              String seq = line.substring(0, line.indexOf(' '));
              return line.contains(", 2101 ") ? seq + " revoked" : seq;
            })
            .toList();
  }

  /** What was done, a line for each step. */
  String story() {
    return String.join("\n", done);
  }

  @Override
  public void close() {
    players.forEach(player -> player.device().leave());
  }
}
