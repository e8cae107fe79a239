package im.hongyan.kit.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;

/** A connection in memory whose output can be shut alone, as that of a socket. */
final class ClientEnd extends EmbeddedChannel implements DuplexChannel {
  private boolean outputShut;
  private int writtenAtShut = -1;

  ClientEnd() {
    freezeTime();
  }

  /** How many buffers were written when the output was shut; below 0 while it is not. */
  int writtenAtShut() {
    return writtenAtShut;
  }

  @Override
  public boolean isInputShutdown() {
    return !isActive();
  }

  @Override
  public ChannelFuture shutdownInput() {
    return newSucceededFuture();
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return promise.setSuccess();
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShut;
  }

  @Override
  public ChannelFuture shutdownOutput() {
    outputShut = true;
    writtenAtShut = outboundMessages().size();
    return newSucceededFuture();
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    shutdownOutput();
    return promise.setSuccess();
  }

  @Override
  public boolean isShutdown() {
    return isOutputShutdown() && isInputShutdown();
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdownOutput();
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return shutdownOutput(promise);
  }
}
