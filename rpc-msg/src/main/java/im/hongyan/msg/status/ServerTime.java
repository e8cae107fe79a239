package im.hongyan.msg.status;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.msg.GetServerTimeReq;
import im.hongyan.proto.msg.GetServerTimeResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.wire.authz.Caller;
import java.time.InstantSource;

/** The server's clock, by which clients correct theirs. */
public record ServerTime(InstantSource clock) implements Feature {
  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getGetServerTimeMethod(), this::get);
  }

  private GetServerTimeResp get(Caller caller, GetServerTimeReq request) {
    return GetServerTimeResp.newBuilder().setServerTime(clock.millis()).build();
  }
}
