package im.hongyan.relation;

import im.hongyan.kit.discovery.EveryNode;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.memory.ForgetRequest;
import im.hongyan.proto.memory.RelationMemoryGrpc;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All rpc-msg. They remember what they were told of rows for a minute, so that who changes rows
 * lets them forget their owner, between the commit and the answer to the caller; one that does not
 * answer goes by the old rows for the rest of that minute. Safe for use by several threads.
 */
final class MessageServices implements Consumer<String> {
  private static final Logger LOG = LoggerFactory.getLogger(MessageServices.class);

  private final EveryNode services;

  MessageServices(ServiceLocator locator) {
    services = new EveryNode(locator, ServiceName.MSG, LOG);
  }

  @Override
  public void accept(String ownerUserId) {
    ForgetRequest request = ForgetRequest.newBuilder().setOwnerUserId(ownerUserId).build();
    services.tell(RelationMemoryGrpc.getForgetMethod(), request, "a change of rows");
  }
}
