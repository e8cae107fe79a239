package im.hongyan.kit.config;

/** A setting that cannot be used; the message is one clear line for the operator. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
