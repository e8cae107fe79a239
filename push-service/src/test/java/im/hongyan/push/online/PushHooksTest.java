package im.hongyan.push.online;

import static im.hongyan.push.online.PushWorld.group;
import static im.hongyan.push.online.PushWorld.message;
import static im.hongyan.push.online.PushWorld.single;
import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.webhooks.PushHooks;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves messaging.md 7.2, 7.3 and 9.3 "Push": where hooks stand, and what they change. */
class PushHooksTest {
  private final PushWorld world = new PushWorld();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    world.close();
  }

  /** Notes what it is asked; refuses, replaces and waits by what a message says. */
  private final class Recorder implements PushHooks {
    final CountDownLatch go = new CountDownLatch(1);

    @Override
    public void beforeOnlinePush(MsgData message, List<String> userIds) {
      note("single", message, userIds);
    }

    @Override
    public List<String> beforeGroupOnlinePush(MsgData message) {
      note("group", message, List.of());
      return message.getContent().toStringUtf8().equals("replace")
          ? List.of("vip", "vip", "ann")
          : List.of();
    }

    private void note(String place, MsgData message, List<String> userIds) {
      String text = message.getContent().toStringUtf8();
      asked.add(place + " " + text + " " + message.getSeq() + " " + userIds);
      if (text.equals("slow")) {
        try {
          go.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      if (text.equals("refuse")) {
        throw ImError.NO_PERMISSION.with("by the hook");
      }
      if (text.equals("broken")) {
        throw new IllegalStateException("the hook has a defect");
      }
    }
  }

  private void taken(FakeGateway gateway, int pushes) {
    eventually(() -> {
      world.turn();
      assertThat(gateway.taken()).hasSize(pushes);
    });
  }

  @Test
  void hooksAreAskedBeforeThePushAndNotAboutTyping() {
    world.with(new Recorder());
    FakeGateway a = world.gateways.add("a");
    world.groups.enter("g", List.of("ann"));
    world.append(
        0,
        single("hello", "bob", "sam"),
        group("g", "all"),
        message("si_bob_sam", MsgData.newBuilder().setSessionType(1).setContentType(113), "bob"));
    taken(a, 3);
    assertThat(asked).containsExactlyInAnyOrder("single hello 7 [bob, sam]", "group all 7 []");
  }

  @Test
  void aRefusalEndsThePushOnlineAndOffline() {
    world.with(new Recorder());
    FakeGateway a = world.gateways.add("a");
    world.groups.enter("g", List.of("ann"));
    world.append(0, single("refuse", "bob"), group("g", "refuse"), single("broken", "bob"));
    taken(a, 1);
    eventually(() -> {
      world.turn();
      assertThat(world.committed(0)).isEqualTo(4);
    });
    assertThat(a.taken()).extracting(Push::getOffset).containsExactly(3L);
    assertThat(world.handed).hasSize(1);
  }

  @Test
  void aGroupHooksUsersTakeTheMembersPlace() {
    world.with(new Recorder());
    FakeGateway a = world.gateways.add("a");
    world.groups.enter("g", List.of("ann", "bob"));
    world.append(0, group("g", "replace", "kicked"), group("g", "not"));
    taken(a, 2);
    assertThat(a.taken().get(0).getRecipientsList()).containsExactly("vip", "ann");
    assertThat(a.taken().get(1).getRecipientsList()).containsExactlyInAnyOrder("ann", "bob");
  }

  @Test
  void invariant26ASlowHookDelaysNoOtherConversation() {
    Recorder recorder = new Recorder();
    world.with(recorder);
    FakeGateway a = world.gateways.add("a");
    world.append(0, single("slow", "bob"), single("behind", "bob"));
    eventually(() -> {
      world.turn();
      assertThat(asked).contains("single slow 7 [bob]");
    });
    MsgData.Builder other = MsgData.newBuilder().setSessionType(1);
    for (int i = 0; i < 50; i++) {
      world.append(0, message("si_cat_sam" + i, other, "cat"));
      taken(a, i + 1);
    }
    assertThat(asked).doesNotContain("single behind 7 [bob]");
    recorder.go.countDown();
    taken(a, 52);
    assertThat(a.taken().subList(50, 52)).extracting(Push::getOffset).containsExactly(1L, 2L);
  }
}
