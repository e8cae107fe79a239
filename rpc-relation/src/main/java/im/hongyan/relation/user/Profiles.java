package im.hongyan.relation.user;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.sdkws.UserInfoWithEx;
import im.hongyan.proto.user.setGlobalRecvMessageOptReq;
import im.hongyan.proto.user.setGlobalRecvMessageOptResp;
import im.hongyan.proto.user.updateUserInfoExReq;
import im.hongyan.proto.user.updateUserInfoExResp;
import im.hongyan.proto.user.updateUserInfoReq;
import im.hongyan.proto.user.updateUserInfoResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.webhooks.AccountHooks;
import im.hongyan.webhooks.ProfileUpdate;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Users change their profile (rest-account.md 2.2 to 2.5). Safe for use by several threads. */
public final class Profiles implements Feature {
  private final UserChanges changes;
  private final AccountHooks hooks;

  /** Creates the feature. */
  public Profiles(UserChanges changes, AccountHooks hooks) {
    this.changes = changes;
    this.hooks = hooks;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(userGrpc.getUpdateUserInfoMethod(), this::update);
    rpcs.unary(userGrpc.getUpdateUserInfoExMethod(), this::updateEx);
    rpcs.unary(userGrpc.getSetGlobalRecvMessageOptMethod(), this::setGlobalReceiveOption);
  }

  /** What is empty or 0 stays as it is; the level is not written, as in OpenIM. */
  private updateUserInfoResp update(Caller caller, updateUserInfoReq request) {
    UserInfo asked = request.getUserInfo();
    ProfileUpdate update =
        hooks.beforeUpdateUserInfo(
            new ProfileUpdate(
                asked.getUserID(),
                UserChange.nullIfEmpty(asked.getNickname()),
                UserChange.nullIfEmpty(asked.getFaceURL()),
                UserChange.nullIfEmpty(asked.getEx())));
    int option = asked.getGlobalRecvMsgOpt();
    write(
        caller, asked.getUserID(), update, option == 0 ? null : option, hooks::afterUpdateUserInfo);
    return updateUserInfoResp.getDefaultInstance();
  }

  /** What is set is written, also where it is empty or 0. */
  private updateUserInfoExResp updateEx(Caller caller, updateUserInfoExReq request) {
    UserInfoWithEx asked = request.getUserInfo();
    ProfileUpdate update =
        hooks.beforeUpdateUserInfoEx(
            new ProfileUpdate(
                asked.getUserID(),
                asked.hasNickname() ? asked.getNickname().getValue() : null,
                asked.hasFaceURL() ? asked.getFaceURL().getValue() : null,
                asked.hasEx() ? asked.getEx().getValue() : null));
    write(
        caller,
        asked.getUserID(),
        update,
        asked.hasGlobalRecvMsgOpt() ? asked.getGlobalRecvMsgOpt().getValue() : null,
        hooks::afterUpdateUserInfoEx);
    return updateUserInfoExResp.getDefaultInstance();
  }

  private void write(
      Caller caller,
      String userId,
      ProfileUpdate update,
      @Nullable Integer option,
      Consumer<ProfileUpdate> written) {
    ProfileLimits.check(update.nickname(), update.faceUrl(), update.ex());
    UserChange change =
        new UserChange(
            new UserId(userId), update.nickname(), update.faceUrl(), update.ex(), option);
    if (!changes.write(caller, change, () -> written.accept(update))) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
  }

  private setGlobalRecvMessageOptResp setGlobalReceiveOption(
      Caller caller, setGlobalRecvMessageOptReq request) {
    UserId userId = new UserId(request.getUserID());
    UserChange change = UserChange.globalRecvMsgOpt(userId, request.getGlobalRecvMsgOpt());
    if (!changes.write(caller, change)) {
      throw ImError.RECORD_NOT_FOUND.with("userID not found");
    }
    return setGlobalRecvMessageOptResp.getDefaultInstance();
  }
}
