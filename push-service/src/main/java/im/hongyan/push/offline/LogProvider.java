package im.hongyan.push.offline;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the log, at debug, how many would be notified, and nothing of what. Stateless. */
final class LogProvider implements OfflineProvider {
  private static final Logger LOG = LoggerFactory.getLogger(LogProvider.class);

  @Override
  public void send(OfflineNotification notification) {
    LOG.debug(
        "offline push of {} to {} users ({})",
        notification.clientMsgId(),
        notification.userIds().size(),
        notification.operationId());
  }
}
