package im.hongyan.gatewayws.connection;

/** Called for connections that come and go; must not block. */
public interface RegistryListener {
  /**
   * A connection was added.
   *
   * @param first whether it is the user's only one of its platform here
   */
  default void added(ClientConnection connection, boolean first) {}

  /**
   * A connection was taken out.
   *
   * @param last whether it was the user's only one of its platform here
   */
  default void removed(ClientConnection connection, boolean last) {}
}
