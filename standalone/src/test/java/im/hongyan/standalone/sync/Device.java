package im.hongyan.standalone.sync;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.SessionType;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A device of a user that synchronises as an official client does, in its order: with an empty
 * database (client-sync.md 4.1) and with one that it kept (4.2). While it is connected it takes
 * what is pushed, and changes messages as its user does: the route first, then its own database.
 * Any answer with an error is thrown. Used by one thread.
 */
public final class Device {
  private final LoginOptions user;
  private final MessageRoutes routes;
  private final ContactLists lists;
  private final ReadPositions positions = new ReadPositions();
  private final MessageTable table = new MessageTable();
  private final MessageSync messages;
  private boolean installed;
  private @Nullable TestUser connection;

  /** A device with an empty database. */
  public Device(LoginOptions user, RestCalls rest) {
    this.user = user;
    DeviceRoutes readings = new DeviceRoutes(rest, user);
    this.routes = new MessageRoutes(readings, user.userId());
    this.lists = new ContactLists(user, readings);
    TipsHandler tips = new TipsHandler(user.userId(), table, positions, new Reactions());
    this.messages = new MessageSync(table, positions, tips);
  }

  private final class Reactions implements TipsHandler.Reactions {
    @Override
    public void syncConversations() {
      lists.syncConversations();
    }

    @Override
    public void readAll(String conversation) {
      Device.this.readAll(conversation);
    }
  }

  /** Connects, synchronises and leaves. */
  public void visit() {
    try {
      connect();
    } finally {
      leave();
    }
  }

  /** Connects and synchronises. */
  public void connect() {
    TestUser opened = new TestUser(user);
    connection = opened;
    CompletableFuture<Void> pulled =
        CompletableFuture.runAsync(() -> messages.pull(opened, !installed));
    if (installed) {
      syncKept(opened);
    } else {
      syncEmpty(opened);
    }
    pulled.join();
    installed = true;
  }

  /** Disconnects; what was pushed and not taken is lost. */
  public void leave() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  /** Whether it is connected. */
  public boolean isConnected() {
    return connection != null;
  }

  private TestUser connection() {
    return Objects.requireNonNull(connection, "the device is not connected");
  }

  private void syncEmpty(TestUser opened) {
    lists.syncGroups();
    lists.syncFriends();
    lists.syncConversations();
    readPositions(opened);
    lists.readSelf();
    lists.readBlacks();
  }

  private void syncKept(TestUser opened) {
    readPositions(opened);
    lists.readSelf();
    lists.readBlacks();
    lists.syncGroups();
    lists.syncFriends();
    lists.syncConversations();
  }

  /** Read positions, and the conversations that are not known yet. */
  private void readPositions(TestUser opened) {
    positions.replace(
        opened
            .request(
                ReqId.READ_AND_MAX_SEQ,
                GetConversationsHasReadAndMaxSeqReq.newBuilder().setUserID(user.userId()).build(),
                GetConversationsHasReadAndMaxSeqResp.parser())
            .getSeqsMap());
    lists.readUnknown(positions.conversations());
  }

  /** Takes what was pushed so far. */
  public void takePushes() {
    while (connection().waitingPushes() > 0) {
      messages.take(connection(), connection().awaitPush());
    }
  }

  /** Waits until a conversation's message with this seq has come. */
  public void awaitMessage(String conversation, long seq) {
    while (table.highest(conversation) < seq) {
      messages.take(connection(), connection().awaitPush());
    }
  }

  /** Sends a text to a user, and waits for its copy; returns its seq. */
  public long sendToUser(String conversation, String peer, String text) {
    return send(conversation, connection().text(peer, text));
  }

  /** Sends a text to a group, and waits for its copy; returns its seq. */
  public long sendToGroup(String conversation, String group, String text) {
    return send(
        conversation,
        connection().text(group, text).toBuilder()
            .clearRecvID()
            .setGroupID(group)
            .setSessionType(SessionType.GROUP.number())
            .build());
  }

  private long send(String conversation, MsgData message) {
    connection().send(message);
    while (table.seqOf(conversation, message.getClientMsgID()) == 0) {
      messages.take(connection(), connection().awaitPush());
    }
    return table.seqOf(conversation, message.getClientMsgID());
  }

  /** Reads a conversation up to a seq. */
  public void readTo(String conversation, long seq) {
    routes.markConversation(conversation, seq);
    positions.raise(conversation, seq);
  }

  /** Reads some messages. */
  public void read(String conversation, List<Long> seqs) {
    routes.markMessages(conversation, seqs);
    seqs.forEach(seq -> positions.raise(conversation, seq));
  }

  /** Revokes a message; its notification changes the database. */
  public void revoke(String conversation, long seq) {
    routes.revoke(conversation, seq);
  }

  /** Deletes messages, of all of the user's devices or of everybody's. */
  public void delete(String conversation, List<Long> seqs, boolean everybody) {
    routes.delete(conversation, seqs, everybody);
    table.delete(conversation, seqs);
  }

  /** Clears a conversation, on all of the user's devices or for everybody. */
  public void clear(String conversation, boolean everybody) {
    routes.clear(List.of(conversation), everybody);
    forget(List.of(conversation));
  }

  /** Clears all conversations of the user. */
  public void clearAll() {
    routes.clearAll();
    forget(lists.conversations().keySet());
  }

  private void forget(Collection<String> conversations) {
    for (String conversation : conversations) {
      readAll(conversation);
      table.clear(conversation);
    }
    lists.syncConversations();
  }

  /** Sets the read position to the newest seq, as clients do once a conversation is cleared. */
  private void readAll(String conversation) {
    long newest = newest(conversation);
    if (newest > 0) {
      routes.setReadSeq(conversation, newest);
      positions.raise(conversation, newest);
    }
  }

  private long newest(String conversation) {
    return Math.max(positions.newest(conversation), table.highest(conversation));
  }

  private long unread(String conversation) {
    return Math.max(0, newest(conversation) - positions.read(conversation));
  }

  /** Opens all conversations and pages through them; returns what they show, by their ids. */
  public Map<String, OpenedConversation> open() {
    Map<String, OpenedConversation> opened = new TreeMap<>();
    for (String conversation : lists.conversations().keySet()) {
      SeqPulls.fill(connection(), table, conversation, newest(conversation));
      String owner = TipsHandler.isSingle(conversation) ? user.userId() : "";
      opened.put(
          conversation,
          new OpenedConversation(unread(conversation), table.visible(conversation, owner)));
    }
    return opened;
  }

  /** What the device shows of a conversation; one that it does not know has no name. */
  public ShownConversation conversation(String id) {
    Conversation row = lists.conversations().getOrDefault(id, Conversation.getDefaultInstance());
    return new ShownConversation(
        lists.name(row), unread(id), table.newest(id), row.getIsPinned(), row.getRecvMsgOpt());
  }

  /** The conversations that it shows, by their ids. */
  public Map<String, ShownConversation> shown() {
    Map<String, ShownConversation> all = new HashMap<>();
    lists.conversations().keySet().forEach(id -> all.put(id, conversation(id)));
    return all;
  }

  /** The ids of the joined groups in the server's order. */
  public List<String> groups() {
    return lists.groups();
  }

  /** The ids of the members of a joined group in the server's order. */
  public List<String> members(String group) {
    return lists.members(group);
  }

  /** The ids of the friends in the server's order. */
  public List<String> friends() {
    return lists.friends();
  }

  /** The ids of the blacklisted users. */
  public List<String> blacks() {
    return lists.blacks();
  }

  /** How often groups, friends and conversations were read as a whole, all together. */
  public int fullReadings() {
    return lists.fullReadings();
  }

  /** All rows that it holds, and what it shows, to be compared with those of another device. */
  public List<Object> rows() {
    return List.of(shown(), lists.rows());
  }
}
