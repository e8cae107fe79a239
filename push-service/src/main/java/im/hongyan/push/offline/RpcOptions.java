package im.hongyan.push.offline;

import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.offline.OfflineRecord;
import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.offline.OptionsQuery;
import im.hongyan.proto.offline.OptionsRequest;
import im.hongyan.wire.error.ImException;
import java.util.List;

/** Asks rpc-relation for options, once for a batch. Safe for use by several threads. */
final class RpcOptions implements OfflineRules.Options {
  private final ServiceLocator locator;

  RpcOptions(ServiceLocator locator) {
    this.locator = locator;
  }

  @Override
  public List<OptionsOfUsers> of(List<OfflineRecord> records) {
    OptionsRequest.Builder request = OptionsRequest.newBuilder();
    for (OfflineRecord record : records) {
      request.addQueries(
          OptionsQuery.newBuilder()
              .setConversationId(record.getConversationId())
              .addAllUserIds(record.getUserIdsList()));
    }
    List<OptionsOfUsers> answers =
        RpcChannels.callAsService(
                locator.channel(ServiceName.RELATION),
                OfflineRulesGrpc.getOptionsMethod(),
                request.build())
            .getAnswersList();
    if (answers.size() != records.size()) {
      throw ImException.internal("options of " + answers.size() + " records, not of all");
    }
    return answers;
  }
}
