package im.hongyan.msg.status;

import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.error.ImError;

/**
 * The status of the current call's operation (messaging.md 3.9). Safe for use by several threads.
 */
public final class SendStatusService {
  private static final int MOST = 3;

  private final SendStatusStore store;

  /** Creates a service. */
  public SendStatusService(SendStatusStore store) {
    this.store = store;
  }

  /**
   * Sets the status of the current operation.
   *
   * @param status 0 not there, 1 sending, 2 sent, 3 failed
   * @throws im.hongyan.wire.error.ImException 1001 for another number
   */
  public void set(int status) {
    if (status < 0 || status > MOST) {
      throw ImError.ARGS.with("status is invalid");
    }
    store.set(CallContext.current().operationId(), status);
  }

  /** The status of the current operation; 0 where there is none. */
  public int get() {
    return store.get(CallContext.current().operationId());
  }
}
