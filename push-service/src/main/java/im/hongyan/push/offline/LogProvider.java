package im.hongyan.push.offline;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes who would be notified to the log, and nothing of what. Stateless. */
final class LogProvider implements OfflineProvider {
  private static final Logger LOG = LoggerFactory.getLogger(LogProvider.class);

  @Override
  public void send(OfflineNotification notification) {
    LOG.info(
        "offline push of {} to {} users ({})",
        notification.clientMsgId(),
        notification.userIds().size(),
        notification.operationId());
  }
}
