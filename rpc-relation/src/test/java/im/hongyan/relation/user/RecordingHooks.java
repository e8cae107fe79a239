package im.hongyan.relation.user;

import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.webhooks.AccountHooks;
import im.hongyan.webhooks.ProfileUpdate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Hooks that note what they are asked, and answer as a test says. Safe for several threads. */
final class RecordingHooks implements AccountHooks {
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<List<UserInfo>> register = users -> users;
  private volatile UnaryOperator<ProfileUpdate> update = update -> update;

  /** The calls so far: name and argument. */
  List<String> calls() {
    return calls;
  }

  void note(String call) {
    calls.add(call);
  }

  void onRegister(UnaryOperator<List<UserInfo>> answer) {
    register = answer;
  }

  void onUpdate(UnaryOperator<ProfileUpdate> answer) {
    update = answer;
  }

  private static List<String> ids(List<UserInfo> users) {
    return users.stream().map(UserInfo::getUserID).toList();
  }

  private static String text(ProfileUpdate it) {
    return "%s %s %s %s".formatted(it.userId(), it.nickname(), it.faceUrl(), it.ex());
  }

  @Override
  public List<UserInfo> beforeUserRegister(List<UserInfo> users) {
    calls.add("beforeUserRegister " + ids(users));
    return register.apply(users);
  }

  @Override
  public void afterUserRegister(List<UserInfo> users) {
    calls.add("afterUserRegister " + ids(users));
  }

  @Override
  public ProfileUpdate beforeUpdateUserInfo(ProfileUpdate asked) {
    calls.add("beforeUpdateUserInfo " + text(asked));
    return update.apply(asked);
  }

  @Override
  public void afterUpdateUserInfo(ProfileUpdate written) {
    calls.add("afterUpdateUserInfo " + text(written));
  }

  @Override
  public ProfileUpdate beforeUpdateUserInfoEx(ProfileUpdate asked) {
    calls.add("beforeUpdateUserInfoEx " + text(asked));
    return update.apply(asked);
  }

  @Override
  public void afterUpdateUserInfoEx(ProfileUpdate written) {
    calls.add("afterUpdateUserInfoEx " + text(written));
  }
}
