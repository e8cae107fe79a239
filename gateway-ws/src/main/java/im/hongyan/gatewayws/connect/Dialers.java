package im.hongyan.gatewayws.connect;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** How a gateway connects to its own port. */
enum Dialers implements ListenerProbe.Dialer {
  /** Without TLS. */
  PLAIN {
    @Override
    public Socket dial(InetSocketAddress address, int limitMillis) throws IOException {
      Socket socket = new Socket();
      socket.setSoTimeout(limitMillis);
      socket.connect(address, limitMillis);
      return socket;
    }
  },
  /**
   * With TLS, whatever the certificate: it names the gateway as clients know it, and a probe says
   * nothing that matters to anybody else.
   */
  TLS {
    @Override
    public Socket dial(InetSocketAddress address, int limitMillis) throws IOException {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return context
            .getSocketFactory()
            .createSocket(PLAIN.dial(address, limitMillis), "localhost", address.getPort(), true);
      } catch (GeneralSecurityException e) {
        throw new IOException(e);
      }
    }
  }
}
