package im.hongyan.webhooks;

import im.hongyan.proto.sdkws.UserInfo;
import java.util.List;

/**
 * Webhooks that may change or refuse registrations and profiles (rest-account.md 0.14). Called on
 * virtual threads, may block; a refusal is thrown as {@link im.hongyan.wire.error.ImException}.
 */
public interface AccountHooks {
  /** No hooks. */
  AccountHooks NONE = new AccountHooks() {};

  /** Before users are stored, who are known to be new; the users that are stored instead. */
  default List<UserInfo> beforeUserRegister(List<UserInfo> users) {
    return users;
  }

  /** After users were stored. */
  default void afterUserRegister(List<UserInfo> users) {}

  /** Before update_user_info, with rights and lengths checked; what is written instead. */
  default ProfileUpdate beforeUpdateUserInfo(ProfileUpdate update) {
    return update;
  }

  /** After update_user_info has written. */
  default void afterUpdateUserInfo(ProfileUpdate update) {}

  /** Before update_user_info_ex, with rights and lengths checked; what is written instead. */
  default ProfileUpdate beforeUpdateUserInfoEx(ProfileUpdate update) {
    return update;
  }

  /** After update_user_info_ex has written. */
  default void afterUpdateUserInfoEx(ProfileUpdate update) {}
}
