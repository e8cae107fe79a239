package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.RequiresTool;
import im.hongyan.testkit.system.Cluster;
import im.hongyan.testkit.system.Cluster.Service;
import im.hongyan.testkit.system.StoreServers.Store;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.Platform;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves the way of a message over gRPC on TCP, with every service and every store as a process of
 * its own, and that each of them may be killed and come back.
 */
@RequiresTool("etcd")
class ClusterE2E {
  private static final int LANES = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private static Path folder;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = new Cluster(folder.resolve("cluster"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aMessageTravelsThroughAllProcessesAndSurvivesTheirKills() {
    List<String> sent = new ArrayList<>();
    String alice = "alice";
    String bob = "雁bob";
    say(alice, bob, "before", sent);
    for (Service service : Service.values()) {
      cluster.kill(service);
      cluster.startAgain(service);
      say(alice, bob, "after " + service, sent);
    }
    for (Store store : Store.values()) {
      cluster.stores().kill(store);
      cluster.stores().startAgain(store);
      say(alice, bob, "after " + store, sent);
    }
    Eventually.eventually(
        PATIENCE,
        () ->
            LaneLag.requireNone(
                LANES, cluster.ops(Service.MSG_TRANSFER), cluster.ops(Service.PUSH_SERVICE)));
    String conversation = im.hongyan.wire.id.ConversationId.single(alice, bob).value();
    try (StoredMessages stored = new StoredMessages(cluster.stores().settings())) {
      List<Long> seqs = stored.seqs(conversation);
      List<MsgData> history = stored.history(conversation, seqs);
      assertThat(history).extracting(MsgData::getClientMsgID).isEqualTo(sent);
      assertThat(stored.inbox(conversation, seqs)).isEqualTo(history);
      assertThat(seqs.getLast()).isEqualTo(sent.size());
    }
  }

  /** Sends until it is acknowledged, under one client id, and sees it pushed to the receiver. */
  private static void say(String from, String to, String text, List<String> sent) {
    Eventually.eventually(PATIENCE, () -> cluster.address().login(to, Platform.IOS));
    MsgData[] message = new MsgData[1];
    Eventually.eventually(
        PATIENCE,
        () -> {
          try (TestUser sender = new TestUser(cluster.address().login(from, Platform.IOS));
              TestUser receiver = new TestUser(cluster.address().login(to, Platform.IOS))) {
            if (message[0] == null) {
              message[0] = sender.text(to, text);
            }
            boolean first = !sent.contains(message[0].getClientMsgID());
            sender.send(message[0]);
            if (first) {
              sent.add(message[0].getClientMsgID());
              TestUser.Pushed pushed = receiver.awaitPush();
              assertThat(pushed.message().getClientMsgID()).isEqualTo(message[0].getClientMsgID());
            }
          }
        });
  }
}
