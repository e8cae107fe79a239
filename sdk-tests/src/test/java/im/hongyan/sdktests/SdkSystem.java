package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.rest.AdminApi;
import im.hongyan.client.rest.RestClient;
import im.hongyan.proto.auth.forceLogoutReq;
import im.hongyan.proto.auth.forceLogoutResp;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.rest.BusinessNotificationForm;
import im.hongyan.sdktests.browser.Browser;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all cases of a JVM share: the server, the browser, the page. They use fresh users.
 *
 * @param page address of the page that holds the SDK
 */
record SdkSystem(SystemAddress address, Browser browser, URI page) {
  private static final AtomicInteger USERS = new AtomicInteger();

  /** A fresh user whose page is loaded and which is not logged in. */
  SdkUser open(String name) {
    return SdkUser.open(this, name + USERS.incrementAndGet());
  }

  /** A fresh user who is logged in. */
  SdkUser login(String name) {
    return open(name).login();
  }

  /** Registers a user who has not logged in yet. */
  void register(String userId) {
    address.asAdmin(admin -> {
      admin.ensureRegistered(userId);
      return true;
    });
  }

  /** Ends the sessions of a user on a platform, as an app server does. */
  void forceLogout(String userId, Platform platform) {
    try (RestClient rest = new RestClient(address.api())) {
      rest.call(
          "/auth/force_logout",
          address.asAdmin(AdminApi::token),
          forceLogoutReq.newBuilder().setUserID(userId).setPlatformID(platform.number()).build(),
          forceLogoutResp.getDefaultInstance());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a business notification to a user who is online, as an app server does. */
  void notifyBusiness(SdkUser from, SdkUser to, String key, String data) {
    try (RestClient rest = new RestClient(address.api())) {
      rest.call(
          "/msg/send_business_notification",
          address.asAdmin(AdminApi::token),
          BusinessNotificationForm.newBuilder()
              .setKey(key)
              .setData(data)
              .setSendUserID(from.id())
              .setRecvUserID(to.id())
              .build(),
          SendMsgResp.getDefaultInstance());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a group's conversation to its newest message as an app server does for the user; returns
   * once the user's device, which has received that message, counts nothing unread in it. In a chat
   * of two it would not: see docs/protocol/official-sdk.md, also for why the seq is the server's.
   */
  void read(SdkUser user, ConversationId conversation) {
    try (RestClient rest = new RestClient(address.api())) {
      String admin = address.asAdmin(AdminApi::token);
      rest.call(
          "/msg/set_conversation_has_read_seq",
          admin,
          SetConversationHasReadSeqReq.newBuilder()
              .setUserID(user.id())
              .setConversationID(conversation.value())
              .setHasReadSeq(newestSeq(rest, admin, user, conversation))
              .build(),
          SetConversationHasReadSeqResp.getDefaultInstance());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Eventually.eventually(
        () -> assertThat(user.conversation(conversation).path("unreadCount").asInt()).isZero());
  }

  private static long newestSeq(
      RestClient rest, String admin, SdkUser user, ConversationId conversation) throws IOException {
    return rest.call(
            "/msg/get_conversations_has_read_and_max_seq",
            admin,
            GetConversationsHasReadAndMaxSeqReq.newBuilder()
                .setUserID(user.id())
                .addConversationIDs(conversation.value())
                .build(),
            GetConversationsHasReadAndMaxSeqResp.getDefaultInstance())
        .getSeqsOrThrow(conversation.value())
        .getMaxSeq();
  }

  /** Another device of a user, with a database of its own. */
  SdkUser openAnother(SdkUser user) {
    return SdkUser.open(this, user.id());
  }
}
