package im.hongyan.kit.discovery;

/** The services that can be found. */
public enum ServiceName {
  AUTH,
  RELATION,
  MSG,
  PUSH,
  GATEWAY_WS;

  /** The name under which it is registered. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
