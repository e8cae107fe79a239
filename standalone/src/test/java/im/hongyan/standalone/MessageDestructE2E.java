package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.conversation.SetConversationsReq;
import im.hongyan.proto.conversation.SetConversationsResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.wrapperspb.BoolValue;
import im.hongyan.proto.wrapperspb.Int64Value;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that messages destruct for who wants it, and for nobody else (messaging.md 6.7). */
@ExtendWith(SharedSystem.class)
class MessageDestructE2E {
  private static final int CONVERSATION_CHANGED = 1300;

  private static void destruct(RestCalls rest, LoginOptions owner, LoginOptions peer) {
    rest.call(
        owner,
        "/conversation/set_conversations",
        SetConversationsReq.newBuilder()
            .addUserIDs(owner.userId())
            .setConversation(
                ConversationReq.newBuilder()
                    .setConversationID(ConversationId.single(owner.userId(), peer.userId()).value())
                    .setConversationType(1)
                    .setUserID(peer.userId())
                    .setIsMsgDestruct(BoolValue.newBuilder().setValue(true))
                    .setMsgDestructTime(Int64Value.newBuilder().setValue(1)))
            .build(),
        SetConversationsResp.getDefaultInstance());
  }

  @Test
  void messagesDestructForWhoWantsItAndNewOnesCanBeRead(RunningSystem shared) {
    SystemAddress system = shared.address();
    String suffix = MessageIds.next().substring(0, 8);
    LoginOptions alice = system.login("a" + suffix, Platform.ANDROID);
    LoginOptions bob = system.login("b" + suffix, Platform.ANDROID);
    String conversation = ConversationId.single(alice.userId(), bob.userId()).value();
    try (RestCalls rest = new RestCalls(system);
        TestUser owner = new TestUser(alice);
        TestUser peer = new TestUser(bob)) {
      peer.send(peer.text(alice.userId(), "one"));
      peer.send(peer.text(alice.userId(), "two"));
      owner.awaitPush();
      owner.awaitPush();
      destruct(rest, alice, bob);
      while (owner.awaitPush().message().getContentType() != CONVERSATION_CHANGED) {}
      eventually(() -> assertThat(owner.pull(conversation, 1, 10)).isEmpty());
      assertThat(peer.pull(conversation, 1, 10)).hasSize(2);
      // The row's change, which its devices are notified of.
      while (owner.awaitPush().message().getContentType() != CONVERSATION_CHANGED) {}
      MsgData three = peer.text(alice.userId(), "three");
      peer.send(three);
      MsgData pushed = owner.awaitPush().message();
      assertThat(pushed.getClientMsgID()).isEqualTo(three.getClientMsgID());
      assertThat(pushed.getSeq()).isEqualTo(3);
      eventually(() -> assertThat(owner.pull(conversation, 1, 10)).isEmpty());
      assertThat(peer.pull(conversation, 1, 10)).hasSize(3);
    }
  }
}
