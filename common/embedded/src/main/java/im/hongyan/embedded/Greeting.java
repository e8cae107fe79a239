package im.hongyan.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** Whether a server that speaks first, as SQL servers do, is there. */
public final class Greeting {
  private Greeting() {}

  public static boolean comesFrom(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }
}
