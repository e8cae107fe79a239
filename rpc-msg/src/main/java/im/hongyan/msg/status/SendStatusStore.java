package im.hongyan.msg.status;

/**
 * Keeps a status per operation for 24 hours. Safe for use by several threads; failures of the store
 * are thrown as {@link im.hongyan.wire.error.ImException} 500.
 */
public interface SendStatusStore {
  void set(String operationId, int status);

  /** The status of an operation; 0 where there is none. */
  int get(String operationId);
}
