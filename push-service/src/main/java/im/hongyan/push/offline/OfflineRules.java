package im.hongyan.push.offline;

import im.hongyan.proto.offline.OfflineRecord;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.message.AtUsers;
import im.hongyan.wire.message.ReceiveOption;
import java.util.List;

/**
 * Whether users want to be notified (messaging.md 7.3). Who receives nothing is never notified. Who
 * receives a group's messages in silence is notified of those that mention him or all; his own
 * silence for everything is not broken. Stateless.
 */
final class OfflineRules {

  private OfflineRules() {}

  /**
   * Asks for the options of many users at once; blocks, and throws {@link
   * im.hongyan.wire.error.ImException} 500 when nobody answers. Safe for use by several threads.
   */
  @FunctionalInterface
  interface Options {
    /** The options of each record's users, in the order of the records. */
    List<OptionsOfUsers> of(List<OfflineRecord> records);
  }

  /** Those of a record's users who are notified. */
  static List<String> recipients(OfflineRecord record, MsgData message, OptionsOfUsers options) {
    boolean all = message.getAtUserIDListList().contains(AtUsers.ALL);
    return record.getUserIdsList().stream()
        .filter(user -> {
          if (options.getGlobalOrDefault(user, 0) != 0) {
            return false;
          }
          int option = options.getConversationOrDefault(user, 0);
          boolean mentioned = all || message.getAtUserIDListList().contains(user);
          return option == 0 || (option == ReceiveOption.NOT_NOTIFY && mentioned);
        })
        .toList();
  }
}
