package im.hongyan.standalone.chat;

import com.google.protobuf.Message;
import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.relation.applyToAddFriendReq;
import im.hongyan.proto.relation.applyToAddFriendResp;
import im.hongyan.proto.relation.deleteFriendReq;
import im.hongyan.proto.relation.deleteFriendResp;
import im.hongyan.proto.relation.getPaginationBlacksReq;
import im.hongyan.proto.relation.getPaginationBlacksResp;
import im.hongyan.proto.relation.getPaginationFriendsApplyToReq;
import im.hongyan.proto.relation.getPaginationFriendsApplyToResp;
import im.hongyan.proto.relation.getPaginationFriendsReq;
import im.hongyan.proto.relation.getPaginationFriendsResp;
import im.hongyan.proto.relation.removeBlackReq;
import im.hongyan.proto.relation.removeBlackResp;
import im.hongyan.proto.relation.respondFriendApplyReq;
import im.hongyan.proto.relation.respondFriendApplyResp;
import im.hongyan.proto.relation.setFriendRemarkReq;
import im.hongyan.proto.relation.setFriendRemarkResp;
import im.hongyan.proto.relation.updateFriendsReq;
import im.hongyan.proto.relation.updateFriendsResp;
import im.hongyan.proto.sdkws.FriendInfo;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.wrapperspb.BoolValue;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Lines of the chat that begin with a slash: friends, applications and users by name. Each prints
 * what came of it. Used by the thread that reads lines.
 */
final class ChatCommands {
  private static final int ROWS = 100;
  private static final RequestPagination FIRST_PAGE =
      RequestPagination.newBuilder().setPageNumber(1).setShowNumber(ROWS).build();

  private final RestClient rest;
  private final LoginOptions login;
  private final Consumer<String> out;
  private final Map<String, Command> commands = new TreeMap<>();

  /** One command: what follows its name, and what it does with user and text. */
  private record Command(String arguments, String purpose, Action action) {
    private boolean needsUser() {
      return arguments.startsWith("USER");
    }
  }

  @FunctionalInterface
  private interface Action {
    void run(String user, String text) throws IOException;
  }

  /**
   * Creates them.
   *
   * @param out prints a line
   */
  ChatCommands(RestClient rest, LoginOptions login, Consumer<String> out) {
    this.rest = rest;
    this.login = login;
    this.out = out;
    add("/who", "USER", "profile of a user", (user, text) -> showUser(user));
    add("/friends", "", "your friends", (user, text) -> showFriends());
    add("/requests", "", "who wants to be your friend", (user, text) -> showRequests());
    add("/blocked", "", "whom you have blocked", (user, text) -> showBlocked());
    add("/add", "USER [TEXT]", "ask to be friends", this::apply);
    add("/accept", "USER [TEXT]", "agree", (user, text) -> respond(user, 1, text));
    add("/refuse", "USER [TEXT]", "refuse", (user, text) -> respond(user, -1, text));
    add("/remove", "USER", "remove from your friends", (user, text) -> remove(user));
    add("/remark", "USER TEXT", "name a friend as you like", this::remark);
    add("/pin", "USER", "put a friend first", (user, text) -> pin(user, true));
    add("/unpin", "USER", "and back", (user, text) -> pin(user, false));
    add("/block", "USER", "no messages from this user", (user, text) -> block(user));
    add("/unblock", "USER", "and back", (user, text) -> unblock(user));
    add("/help", "", "this list", (user, text) -> showHelp());
    add("/quit", "", "the end", (user, text) -> {});
  }

  private void add(String name, String arguments, String purpose, Action action) {
    commands.put(name, new Command(arguments, purpose, action));
  }

  /** Whether a line is meant for the chat rather than for the peer. */
  boolean owns(String line) {
    return commands.containsKey(line.strip().split("\\s+", 2)[0]);
  }

  /**
   * Does what a line says, and prints what came of it.
   *
   * @return whether it was done
   */
  boolean run(String line) {
    String[] words = line.strip().split("\\s+", 3);
    Command command = commands.get(words[0]);
    String user = words.length > 1 ? words[1] : "";
    if (command == null || (command.needsUser() && user.isEmpty())) {
      out.accept("usage: " + words[0] + " " + (command == null ? "" : command.arguments()));
      return false;
    }
    try {
      command.action().run(user, words.length > 2 ? words[2] : "");
      return true;
    } catch (ImException refused) {
      out.accept("not done, " + Login.describe(refused));
    } catch (IOException unknown) {
      out.accept("no answer, " + Login.reason(unknown));
    }
    return false;
  }

  private <M extends Message> M call(String path, Message request, M answer) throws IOException {
    return rest.call(path, login.token(), request, answer);
  }

  private void showHelp() {
    commands.forEach((name, command) ->
        out.accept((name + " " + command.arguments()).strip() + ": " + command.purpose()));
  }

  private void showUser(String user) throws IOException {
    getDesignateUsersResp found =
        call(
            "/user/get_users_info",
            getDesignateUsersReq.newBuilder().addUserIDs(user).build(),
            getDesignateUsersResp.getDefaultInstance());
    if (found.getUsersInfoCount() == 0) {
      out.accept("there is no user " + user);
    }
    found
        .getUsersInfoList()
        .forEach(info -> out.accept(info.getUserID() + ", called " + info.getNickname()));
  }

  private void showFriends() throws IOException {
    getPaginationFriendsResp page =
        call(
            "/friend/get_friend_list",
            getPaginationFriendsReq
                .newBuilder()
                .setUserID(login.userId())
                .setPagination(FIRST_PAGE)
                .build(),
            getPaginationFriendsResp.getDefaultInstance());
    out.accept("friends: " + page.getTotal());
    page.getFriendsInfoList().forEach(friend -> out.accept(describe(friend)));
  }

  private static String describe(FriendInfo friend) {
    String name =
        friend.getRemark().isEmpty() ? friend.getFriendUser().getNickname() : friend.getRemark();
    return friend.getFriendUser().getUserID()
        + ", called "
        + name
        + (friend.getIsPinned() ? ", pinned" : "");
  }

  private void showRequests() throws IOException {
    getPaginationFriendsApplyToResp page =
        call(
            "/friend/get_friend_apply_list",
            getPaginationFriendsApplyToReq
                .newBuilder()
                .setUserID(login.userId())
                .setPagination(FIRST_PAGE)
                .addHandleResults(0)
                .build(),
            getPaginationFriendsApplyToResp.getDefaultInstance());
    out.accept("requests: " + page.getTotal());
    page.getFriendRequestsList()
        .forEach(request ->
            out.accept(
                request.getFromUserID()
                    + ", called "
                    + request.getFromNickname()
                    + (request.getReqMsg().isEmpty() ? "" : ": " + request.getReqMsg())));
  }

  private void showBlocked() throws IOException {
    getPaginationBlacksResp page =
        call(
            "/friend/get_black_list",
            getPaginationBlacksReq
                .newBuilder()
                .setUserID(login.userId())
                .setPagination(FIRST_PAGE)
                .build(),
            getPaginationBlacksResp.getDefaultInstance());
    out.accept("blocked: " + page.getTotal());
    page.getBlacksList().forEach(black -> out.accept(black.getBlackUserInfo().getUserID()));
  }

  private void apply(String user, String text) throws IOException {
    call(
        "/friend/add_friend",
        applyToAddFriendReq
            .newBuilder()
            .setFromUserID(login.userId())
            .setToUserID(user)
            .setReqMsg(text)
            .build(),
        applyToAddFriendResp.getDefaultInstance());
    out.accept("asked " + user);
  }

  private void respond(String user, int result, String text) throws IOException {
    call(
        "/friend/add_friend_response",
        respondFriendApplyReq
            .newBuilder()
            .setFromUserID(user)
            .setToUserID(login.userId())
            .setHandleResult(result)
            .setHandleMsg(text)
            .build(),
        respondFriendApplyResp.getDefaultInstance());
    out.accept((result == 1 ? "you are friends with " : "refused ") + user);
  }

  private void remove(String user) throws IOException {
    call(
        "/friend/delete_friend",
        deleteFriendReq.newBuilder().setOwnerUserID(login.userId()).setFriendUserID(user).build(),
        deleteFriendResp.getDefaultInstance());
    out.accept("removed " + user);
  }

  private void remark(String user, String text) throws IOException {
    call(
        "/friend/set_friend_remark",
        setFriendRemarkReq
            .newBuilder()
            .setOwnerUserID(login.userId())
            .setFriendUserID(user)
            .setRemark(text)
            .build(),
        setFriendRemarkResp.getDefaultInstance());
    out.accept(user + " is called " + text);
  }

  private void pin(String user, boolean pinned) throws IOException {
    call(
        "/friend/update_friends",
        updateFriendsReq
            .newBuilder()
            .setOwnerUserID(login.userId())
            .addAllFriendUserIDs(List.of(user))
            .setIsPinned(BoolValue.newBuilder().setValue(pinned))
            .build(),
        updateFriendsResp.getDefaultInstance());
    out.accept(user + (pinned ? " comes first" : " is no longer first"));
  }

  private void block(String user) throws IOException {
    call(
        "/friend/add_black",
        addBlackReq.newBuilder().setOwnerUserID(login.userId()).setBlackUserID(user).build(),
        addBlackResp.getDefaultInstance());
    out.accept("blocked " + user);
  }

  private void unblock(String user) throws IOException {
    call(
        "/friend/remove_black",
        removeBlackReq.newBuilder().setOwnerUserID(login.userId()).setBlackUserID(user).build(),
        removeBlackResp.getDefaultInstance());
    out.accept("unblocked " + user);
  }
}
