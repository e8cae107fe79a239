package im.hongyan.relation.owner;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.owners.ClaimAnswer;
import im.hongyan.proto.owners.ClaimRequest;
import im.hongyan.proto.owners.ConversationOwnersGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.ConversationOwner;

/**
 * Gives users their notification conversation where nothing else of theirs is made (messaging.md
 * 1.2). Safe for use by several threads.
 */
public final class ConversationOwners implements Feature {
  private final OwnerStore store;

  /** Creates the feature. */
  public ConversationOwners(OwnerStore store) {
    this.store = store;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(ConversationOwnersGrpc.getClaimMethod(), this::claim);
  }

  private ClaimAnswer claim(Caller caller, ClaimRequest request) {
    store.claim(ConversationOwner.pair(request.getUserId(), request.getPeerId()));
    return ClaimAnswer.getDefaultInstance();
  }
}
