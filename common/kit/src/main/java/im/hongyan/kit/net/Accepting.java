package im.hongyan.kit.net;

import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;

/** How a listening socket takes connections. Stateless. */
public final class Accepting {
  private static final int AT_ONCE = 256;

  private Accepting() {}

  /**
   * For a loop that also reads the connections: by itself it would take 16 of them in each of its
   * turns, so that whoever comes behind a thousand others waits for as many turns.
   */
  public static RecvByteBufAllocator many() {
    return new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(AT_ONCE);
  }
}
