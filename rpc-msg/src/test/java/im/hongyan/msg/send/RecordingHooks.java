package im.hongyan.msg.send;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.webhooks.MessageHooks;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Writes down which hook was called with what; may change or refuse a message. */
final class RecordingHooks implements MessageHooks {
  record Call(String place, MsgData message) {}

  final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  Consumer<MsgData> before = message -> {};
  UnaryOperator<MsgData> modify = message -> message;

  private MsgData note(String place, MsgData message) {
    calls.add(new Call(place, message));
    return message;
  }

  @Override
  public void beforeSendSingle(MsgData message) {
    before.accept(note("beforeSendSingle", message));
  }

  @Override
  public void beforeSendGroup(MsgData message) {
    before.accept(note("beforeSendGroup", message));
  }

  @Override
  public MsgData beforeModify(MsgData message) {
    return modify.apply(note("beforeModify", message));
  }

  @Override
  public void afterSendSingle(MsgData message) {
    note("afterSendSingle", message);
  }

  @Override
  public void afterSendGroup(MsgData message) {
    note("afterSendGroup", message);
  }
}
