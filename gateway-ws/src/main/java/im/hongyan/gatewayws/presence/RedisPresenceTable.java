package im.hongyan.gatewayws.presence;

import im.hongyan.presence.PresenceWriter;
import java.util.Map;
import java.util.Set;

/** The presence table in Redis. */
public record RedisPresenceTable(PresenceWriter writer) implements PresenceTable {
  @Override
  public boolean write(Map<String, Set<Integer>> changes) {
    return writer.write(changes);
  }

  @Override
  public boolean renew() {
    return writer.renew();
  }

  @Override
  public void writeAll(Map<String, Set<Integer>> everyone) {
    writer.writeAll(everyone);
  }

  @Override
  public void leave() {
    writer.leave();
  }
}
