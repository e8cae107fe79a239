package im.hongyan.relation.usercommand;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.user.AllCommandInfoResp;
import im.hongyan.proto.user.CommandInfoResp;
import im.hongyan.proto.user.processUserCommandAddReq;
import im.hongyan.proto.user.processUserCommandAddResp;
import im.hongyan.proto.user.processUserCommandDeleteReq;
import im.hongyan.proto.user.processUserCommandDeleteResp;
import im.hongyan.proto.user.processUserCommandGetAllReq;
import im.hongyan.proto.user.processUserCommandGetAllResp;
import im.hongyan.proto.user.processUserCommandGetReq;
import im.hongyan.proto.user.processUserCommandGetResp;
import im.hongyan.proto.user.processUserCommandUpdateReq;
import im.hongyan.proto.user.processUserCommandUpdateResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;

/**
 * Lists that users keep, such as favourites (rest-account.md 2.13). Nobody is notified. Safe for
 * use by several threads.
 */
public final class UserCommands implements Feature {
  private final UserCommandStore store;
  private final InstantSource clock;

  /** Creates the feature. */
  public UserCommands(UserCommandStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(userGrpc.getProcessUserCommandAddMethod(), this::add);
    rpcs.unary(userGrpc.getProcessUserCommandDeleteMethod(), this::delete);
    rpcs.unary(userGrpc.getProcessUserCommandUpdateMethod(), this::update);
    rpcs.unary(userGrpc.getProcessUserCommandGetMethod(), this::get);
    rpcs.unary(userGrpc.getProcessUserCommandGetAllMethod(), this::getAll);
  }

  private processUserCommandAddResp add(Caller caller, processUserCommandAddReq request) {
    store.add(
        new UserCommand(
            new UserId(request.getUserID()),
            request.getType(),
            request.getUuid(),
            request.getValue().getValue(),
            request.getEx().getValue(),
            clock.instant().getEpochSecond()));
    return processUserCommandAddResp.getDefaultInstance();
  }

  private processUserCommandDeleteResp delete(Caller caller, processUserCommandDeleteReq request) {
    if (!store.remove(new UserId(request.getUserID()), request.getType(), request.getUuid())) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    return processUserCommandDeleteResp.getDefaultInstance();
  }

  /** Nothing given is fine, whether there is an entry or not. */
  private processUserCommandUpdateResp update(Caller caller, processUserCommandUpdateReq request) {
    boolean given = request.hasValue() || request.hasEx();
    if (given
        && !store.update(
            new UserId(request.getUserID()),
            request.getType(),
            request.getUuid(),
            request.hasValue() ? request.getValue().getValue() : null,
            request.hasEx() ? request.getEx().getValue() : null)) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    return processUserCommandUpdateResp.getDefaultInstance();
  }

  private processUserCommandGetResp get(Caller caller, processUserCommandGetReq request) {
    processUserCommandGetResp.Builder answer = processUserCommandGetResp.newBuilder();
    for (UserCommand command : store.list(new UserId(request.getUserID()), request.getType())) {
      answer.addCommandResp(
          CommandInfoResp.newBuilder()
              .setType(command.type())
              .setCreateTime(command.createTimeSeconds())
              .setUuid(command.uuid())
              .setValue(command.value())
              .setEx(command.ex()));
    }
    return answer.build();
  }

  private processUserCommandGetAllResp getAll(Caller caller, processUserCommandGetAllReq request) {
    processUserCommandGetAllResp.Builder answer = processUserCommandGetAllResp.newBuilder();
    for (UserCommand command : store.list(new UserId(request.getUserID()))) {
      answer.addCommandResp(
          AllCommandInfoResp.newBuilder()
              .setType(command.type())
              .setCreateTime(command.createTimeSeconds())
              .setUuid(command.uuid())
              .setValue(command.value())
              .setEx(command.ex()));
    }
    return answer.build();
  }
}
