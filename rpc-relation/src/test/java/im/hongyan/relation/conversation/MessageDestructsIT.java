package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.ClearUserConversationMsgReq;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetConversationsNeedClearMsgReq;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.msg.GetLastMessageSeqByTimeResp;
import im.hongyan.proto.msg.SetUserConversationsMinSeqResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves which rows' messages destruct, when, how far, and that a step that was cut off goes on.
 */
@ExtendWith(TestStoresExtension.class)
class MessageDestructsIT {
  private static final ConversationId CHAT = ConversationId.single("a", "b");

  @AutoClose private static RelationDatabase database;

  @AutoClose private final InProcessLocator locator = new InProcessLocator("msg");
  @AutoClose private final RelationTestServer server = new RelationTestServer();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> asked = new ArrayList<>();
  private final List<String> bounds = new ArrayList<>();
  private long newest;
  private boolean away;
  private long now = 1_000_000_000;
  private MessageDestructs destructs;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  @BeforeEach
  void makeRows() {
    database.clear();
    new ConversationStore(database.mysql())
        .addMissing(
            ConversationOwner.pair("a", "b"),
            List.of(
                ConversationRow.ofPair(new UserId("a"), CHAT, 1, new UserId("b")),
                ConversationRow.ofPair(new UserId("b"), CHAT, 1, new UserId("a"))),
            1_000);
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    locator.serve(ServiceName.MSG, new Rpcs(share, meters).add(messages()).services());
    destructs =
        new MessageDestructs(
            new MessageDestructStore(database.mysql()),
            new MessageReads(locator),
            () -> Instant.ofEpochMilli(now),
            meters);
    server.serve(destructs);
  }

  private Feature messages() {
    return rpcs -> {
      rpcs.unary(
          msgGrpc.getGetLastMessageSeqByTimeMethod(),
          (caller, request) -> {
            asked.add(request.getConversationID() + " " + (now - request.getTime()));
            if (away) {
              throw ImError.INTERNAL.bare();
            }
            return GetLastMessageSeqByTimeResp.newBuilder().setSeq(newest).build();
          });
      rpcs.unary(
          msgGrpc.getSetUserConversationsMinSeqMethod(),
          (caller, request) -> {
            bounds.add(request.getUserIDsList() + " " + request.getSeq());
            return SetUserConversationsMinSeqResp.getDefaultInstance();
          });
    };
  }

  private void set(String owner, boolean destruct, long seconds) {
    new ConversationSettingsStore(database.mysql())
        .changeExisting(
            CHAT,
            List.of(new UserId(owner)),
            row -> row.toBuilder().setIsMsgDestruct(destruct).setMsgDestructTime(seconds).build(),
            false,
            now);
  }

  private Conversation row(String owner) {
    return new ConversationStore(database.mysql())
        .find(new UserId(owner), List.of(CHAT))
        .getFirst();
  }

  @Test
  void whatIsOlderThanTheRowSaysGoesAndTheRowIsLookedAtAgain() {
    destructs.clearAll();
    assertThat(asked).as("no row destructs").isEmpty();
    set("a", true, 100);
    newest = 7;
    destructs.clearAll();
    assertThat(asked).containsExactly(CHAT.value() + " 100000");
    assertThat(bounds).containsExactly("[a] 8");
    assertThat(row("a").getLatestMsgDestructTime()).isEqualTo(now);
    assertThat(row("b").getLatestMsgDestructTime()).isZero();
    now += 9_999;
    destructs.clearAll();
    assertThat(asked).as("not due").hasSize(1);
    now += 1;
    newest = 0;
    destructs.clearAll();
    assertThat(asked).hasSize(2);
    assertThat(bounds).as("nothing is old enough").hasSize(1);
    assertThat(row("a").getLatestMsgDestructTime()).isEqualTo(now);
  }

  @Test
  void nothingGoesWhereTheOwnerCannotReadItAnyMore() {
    set("a", true, 1);
    database.execute("UPDATE conversation SET min_seq = 9 WHERE owner_user_id = 'a'");
    newest = 8;
    destructs.clearAll();
    assertThat(bounds).isEmpty();
    assertThat(asked).hasSize(1);
  }

  @Test
  void aSettingThatIsTurnedOffOrChangedCountsAtOnce() {
    set("a", true, 1_000);
    destructs.clearAll();
    set("a", true, 500);
    destructs.clearAll();
    assertThat(asked).containsExactly(CHAT.value() + " 1000000", CHAT.value() + " 500000");
    set("a", false, 500);
    now += 10_000_000;
    destructs.clearAll();
    assertThat(asked).hasSize(2);
    set("a", true, 0);
    destructs.clearAll();
    assertThat(asked).hasSize(2);
  }

  @Test
  void aTimeOfEverDestructsNothing() {
    set("a", true, Long.MAX_VALUE);
    destructs.clearAll();
    assertThat(asked).containsExactly(CHAT.value() + " " + now);
  }

  /** Its row is another's when the lease ends. */
  @Test
  void aStepThatFailsIsMadeAgainAfterAMinute() {
    set("a", true, 100);
    away = true;
    destructs.clearAll();
    destructs.clearAll();
    assertThat(asked).hasSize(1);
    away = false;
    newest = 3;
    now += 59_999;
    destructs.clearAll();
    assertThat(bounds).isEmpty();
    now += 1;
    destructs.clearAll();
    assertThat(bounds).containsExactly("[a] 4");
  }

  @Test
  void otherServicesSeeWhatIsDueAndMakeAStep() {
    set("a", true, 100);
    set("b", true, 100);
    newest = 2;
    GetConversationsNeedClearMsgReq due = GetConversationsNeedClearMsgReq.getDefaultInstance();
    assertThat(
            server
                .call(
                    RelationTestServer.SERVICE,
                    conversationGrpc.getGetConversationsNeedClearMsgMethod(),
                    due)
                .getConversationsList())
        .extracting(Conversation::getOwnerUserID)
        .containsExactlyInAnyOrder("a", "b");
    ClearUserConversationMsgReq one = ClearUserConversationMsgReq.newBuilder().setLimit(1).build();
    for (int count : List.of(1, 1, 0)) {
      assertThat(
              server
                  .call(
                      RelationTestServer.SERVICE,
                      conversationGrpc.getClearUserConversationMsgMethod(),
                      one)
                  .getCount())
          .isEqualTo(count);
    }
    assertThat(bounds).containsExactlyInAnyOrder("[a] 3", "[b] 3");
    assertThat(meters.counter("message_destructs").count()).isEqualTo(2);
  }
}
