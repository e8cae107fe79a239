package im.hongyan.kit.discovery;

import java.util.Locale;

/** The services that can be found. */
public enum ServiceName {
  AUTH,
  RELATION,
  MSG,
  PUSH,
  GATEWAY_WS;

  /** The name under which it is registered. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The service of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static ServiceName of(String label) {
    for (ServiceName service : values()) {
      if (service.label().equals(label)) {
        return service;
      }
    }
    throw new IllegalArgumentException("there is no service '" + label + "'");
  }
}
