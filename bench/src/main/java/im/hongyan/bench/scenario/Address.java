package im.hongyan.bench.scenario;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.ConversationId;
import java.util.Set;

/** Where a message goes. */
sealed interface Address {
  /** The conversation when a user writes there. */
  String conversation(String sender);

  /** Everybody who may read it when a user writes there. */
  Set<String> participants(String sender);

  /** Fills in a message's address. */
  void fill(MsgData.Builder message);

  /** Another user. */
  record Single(String userId) implements Address {
    private static final int SINGLE_CHAT = 1;

    @Override
    public String conversation(String sender) {
      return ConversationId.single(sender, userId).value();
    }

    @Override
    public Set<String> participants(String sender) {
      return Set.of(sender, userId);
    }

    @Override
    public void fill(MsgData.Builder message) {
      message.setSessionType(SINGLE_CHAT).setRecvID(userId);
    }
  }

  /** A group. */
  record Group(String groupId, Set<String> members) implements Address {
    private static final int GROUP_CHAT = 3;

    /** Copies the set. */
    public Group {
      members = Set.copyOf(members);
    }

    @Override
    public String conversation(String sender) {
      return ConversationId.group(groupId).value();
    }

    @Override
    public Set<String> participants(String sender) {
      return members;
    }

    @Override
    public void fill(MsgData.Builder message) {
      message.setSessionType(GROUP_CHAT).setGroupID(groupId);
    }
  }
}
