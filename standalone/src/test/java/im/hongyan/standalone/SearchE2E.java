package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.QuitGroupReq;
import im.hongyan.proto.group.QuitGroupResp;
import im.hongyan.proto.msg.SearchMessageReq;
import im.hongyan.proto.msg.SearchMessageResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.search.MessageSearchGrpc;
import im.hongyan.proto.search.SearchTextHit;
import im.hongyan.proto.search.SearchTextReq;
import im.hongyan.proto.search.SearchTextResp;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.MessageIds;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves by the route /msg/search_text what who finds: members and strangers, in words and in
 * Chinese, after revocations, deletions, clears and leaves, and once Redis has lost everything.
 */
class SearchE2E {
  private static final int MEMBER_QUIT = 1504;

  static OwnSystem running;
  static SystemAddress system;
  static RestCalls rest;

  @BeforeAll
  static void start() {
    running = OwnSystem.start();
    system = running.address();
    rest = new RestCalls(system);
  }

  @AfterAll
  static void stop() {
    rest.close();
    running.close();
  }

  static String unique(String word) {
    return word + MessageIds.next().substring(0, 8).replaceAll("[0-9]", "x");
  }

  private static SearchTextReq.Builder keyword(String keyword) {
    return SearchTextReq.newBuilder().setKeyword(keyword);
  }

  private static SearchTextResp search(LoginOptions caller, SearchTextReq.Builder request) {
    return rest.call(
        caller, "/msg/search_text", request.build(), SearchTextResp.getDefaultInstance());
  }

  static List<Long> seqs(String userId, String keyword) {
    return running
        .call(userId, MessageSearchGrpc.getSearchTextMethod(), keyword(keyword).build())
        .getHitsList()
        .stream()
        .map(SearchTextHit::getSeq)
        .toList();
  }

  static void finds(TestUser user, String keyword, Long... seqs) {
    eventually(() -> assertThat(seqs(user.id(), keyword)).containsExactly(seqs));
  }

  @Test
  void bothSidesFindWhatWasSentAndStrangersDoNot() {
    LoginOptions asAlice = ChatPair.login(system, "alice");
    LoginOptions asEve = ChatPair.login(system, "eve");
    String word = unique("Heron");
    try (TestUser alice = new TestUser(asAlice);
        TestUser bob = new TestUser(ChatPair.login(system, "bob"))) {
      MsgData first = alice.text(bob.id(), "a " + word + " over the <lake>");
      alice.send(first);
      alice.send(alice.text(bob.id(), "今天晚上一起去爬山吗"));
      alice.send(alice.text(bob.id(), "two of " + word.toLowerCase(Locale.ROOT) + ", 山"));
      finds(bob, word, 3L, 1L);
      finds(bob, "爬山", 2L);
      finds(bob, "山", 3L, 2L);
      assertThat(seqs(bob.id(), "山爬")).isEmpty();
      assertThat(seqs(bob.id(), word.substring(0, 4))).isEmpty();
      assertThat(seqs(alice.id(), word + " two")).containsExactly(3L);

      SearchTextHit hit = search(asAlice, keyword(word)).getHits(1);
      assertThat(hit.getSnippet()).isEqualTo("a " + word + " over the <lake>");
      assertThat(hit.getClientMsgID()).isEqualTo(first.getClientMsgID());
      assertThat(hit.getSendID()).isEqualTo(alice.id());
      assertThat(hit.getRecvID()).isEqualTo(bob.id());
      assertThat(hit.getServerMsgID()).isNotEmpty();
      assertThat(hit.getSendTime()).isPositive();
      assertThat(List.of(hit.getSessionType(), hit.getContentType())).containsExactly(1, 101);

      assertThat(search(asEve, keyword(word)).getHitsList()).isEmpty();
      assertThat(
              search(asEve, keyword(word).addConversationIDs(hit.getConversationID()))
                  .getHitsList())
          .as("a stranger who names the conversation")
          .isEmpty();
      assertThat(seqs(SystemAddress.ADMIN, word)).as("an administrator").containsExactly(3L, 1L);

      SearchTextResp page = search(asAlice, keyword(word).setLimit(1));
      assertThat(page.getHitsList()).extracting(SearchTextHit::getSeq).containsExactly(3L);
      SearchTextResp rest =
          search(asAlice, keyword(word).setLimit(1).setCursor(page.getNextCursor()));
      assertThat(rest.getHitsList()).extracting(SearchTextHit::getSeq).containsExactly(1L);
      assertThat(rest.getNextCursor()).isEmpty();
    }
  }

  @Test
  void whatNobodyMayReadAnyMoreIsNotFoundAtOnce() {
    try (ChatPair pair = ChatPair.talking(running, 0)) {
      TestUser alice = pair.alice();
      TestUser bob = pair.bob();
      String word = unique("crane");
      for (int i = 0; i < 5; i++) {
        alice.send(alice.text(bob.id(), word + " number " + i));
      }
      finds(bob, word, 5L, 4L, 3L, 2L, 1L);
      pair.revoke(alice, 2);
      assertThat(seqs(bob.id(), word)).as("after a revocation").containsExactly(5L, 4L, 3L, 1L);
      pair.delete(bob, false, false, 4L);
      assertThat(seqs(bob.id(), word)).as("deleted by Bob").containsExactly(5L, 3L, 1L);
      assertThat(seqs(alice.id(), word)).as("not by Alice").containsExactly(5L, 4L, 3L, 1L);
      pair.delete(alice, false, true, 5L);
      assertThat(seqs(bob.id(), word)).as("deleted for everybody").containsExactly(3L, 1L);
      assertThat(seqs(SystemAddress.ADMIN, word)).containsExactly(4L, 3L, 1L);
      pair.always(() -> assertThat(seqs(bob.id(), word)).containsExactly(3L, 1L));
      pair.clear(bob, false);
      assertThat(seqs(bob.id(), word)).as("cleared by Bob").isEmpty();
      assertThat(seqs(alice.id(), word)).containsExactly(4L, 3L, 1L);
      alice.send(alice.text(bob.id(), word + " again"));
      eventually(() -> assertThat(seqs(bob.id(), word)).hasSize(1));
      pair.clear(alice, true);
      assertThat(seqs(alice.id(), word)).as("cleared for everybody").isEmpty();
      assertThat(seqs(SystemAddress.ADMIN, word)).isEmpty();
    }
  }

  @Test
  void whoLeavesAGroupFindsWhatCameBefore() {
    LoginOptions asAlice = ChatPair.login(system, "alice");
    LoginOptions asBob = ChatPair.login(system, "bob");
    String word = unique("stork");
    try (TestUser alice = new TestUser(asAlice);
        TestUser bob = new TestUser(asBob)) {
      String group =
          rest.call(
                  asAlice,
                  "/group/create_group",
                  CreateGroupReq.newBuilder()
                      .setOwnerUserID(alice.id())
                      .addMemberUserIDs(bob.id())
                      .setGroupInfo(GroupInfo.newBuilder().setGroupName("flock").setGroupType(2))
                      .build(),
                  CreateGroupResp.getDefaultInstance())
              .getGroupInfo()
              .getGroupID();
      alice.send(inGroup(alice, group, word + " before"));
      eventually(() -> assertThat(seqs(bob.id(), word)).hasSize(1));
      rest.call(
          asBob,
          "/group/quit_group",
          QuitGroupReq.newBuilder().setGroupID(group).setUserID(bob.id()).build(),
          QuitGroupResp.getDefaultInstance());
      // The leave has its place in the log; what comes behind it is not for Bob.
      eventually(() ->
          assertThat(alice.pull("sg_" + group, 1, 10))
              .extracting(MsgData::getContentType)
              .contains(MEMBER_QUIT));
      alice.send(inGroup(alice, group, word + " after"));
      eventually(() -> assertThat(seqs(alice.id(), word)).hasSize(2));
      assertThat(search(asBob, keyword(word)).getHitsList())
          .extracting(SearchTextHit::getSnippet)
          .containsExactly(word + " before");
      assertThat(search(asAlice, keyword(word).addConversationIDs("sg_" + group)).getHitsList())
          .extracting(SearchTextHit::getGroupID)
          .containsExactly(group, group);

      SearchMessageResp listed =
          running.call(
              SystemAddress.ADMIN,
              msgGrpc.getSearchMessageMethod(),
              SearchMessageReq.newBuilder()
                  .setRecvID(group)
                  .setContentType(101)
                  .setSessionType(3)
                  .setPagination(RequestPagination.newBuilder().setPageNumber(1).setShowNumber(1))
                  .build());
      assertThat(listed.getChatLogsNum()).isEqualTo(2);
      assertThat(listed.getChatLogsList())
          .singleElement()
          .satisfies(row -> {
            assertThat(row.getIsRevoked()).isFalse();
            assertThat(row.getChatLog().getGroupName()).isEqualTo("flock");
            assertThat(row.getChatLog().getRecvID()).isEqualTo(group);
            assertThat(row.getChatLog().getContent()).contains(word + " before");
            assertThat(row.getChatLog().getGroupMemberCount()).isEqualTo(1);
            assertThat(row.getChatLog().getGroupType()).isEqualTo(2);
          });
    }
  }

  /** What was revoked is listed as it was sent; what was deleted for everybody is not. */
  @Test
  void administratorsListWhatIsStored() {
    try (ChatPair pair = ChatPair.talking(running, 0)) {
      String word = unique("ibis");
      for (int i = 0; i < 3; i++) {
        pair.alice().send(pair.alice().text(pair.bob().id(), word + i));
      }
      finds(pair.bob(), word + "2", 3L);
      pair.revoke(pair.alice(), 1);
      pair.delete(pair.alice(), false, true, 2L);
      SearchMessageReq request =
          SearchMessageReq.newBuilder()
              .setSendID(pair.alice().id())
              .setPagination(RequestPagination.newBuilder().setPageNumber(1).setShowNumber(10))
              .build();
      eventually(() -> {
        SearchMessageResp listed =
            running.call(SystemAddress.ADMIN, msgGrpc.getSearchMessageMethod(), request);
        assertThat(listed.getChatLogsNum()).isEqualTo(2);
        assertThat(listed.getChatLogsList())
            .extracting(row -> row.getChatLog().getSeq() + " " + row.getIsRevoked())
            .containsExactly("1 true", "3 false");
        assertThat(listed.getChatLogs(0).getChatLog().getContent()).contains(word + "0");
        assertThat(listed.getChatLogs(0).getChatLog().getRecvNickname()).isEqualTo(pair.bob().id());
      });
    }
  }

  private static MsgData inGroup(TestUser sender, String group, String text) {
    return sender.text(group, text).toBuilder()
        .clearRecvID()
        .setGroupID(group)
        .setSessionType(3)
        .build();
  }
}
