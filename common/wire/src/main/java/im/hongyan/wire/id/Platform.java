package im.hongyan.wire.id;

import java.util.Optional;

/**
 * Client platforms with their numbers, names and multi-login classes (websocket.md 6.1). Names are
 * case-sensitive where they travel (Redis keys, webhooks, call metadata).
 */
public enum Platform {
  IOS(1, "IOS", "Mobile"),
  ANDROID(2, "Android", "Mobile"),
  WINDOWS(3, "Windows", "PC"),
  OSX(4, "OSX", "PC"),
  WEB(5, "Web", "Web"),
  MINI_WEB(6, "MiniWeb", "MiniWeb"),
  LINUX(7, "Linux", "PC"),
  ANDROID_PAD(8, "APad", "Pad"),
  IPAD(9, "IPad", "Pad"),
  ADMIN(10, "Admin", "Admin"),
  HARMONY_OS(11, "HarmonyOS", "HarmonyOS"),
  BOT(12, "Bot", "Bot");

  private static final Platform[] BY_NUMBER = values();

  private final int number;
  private final String label;
  private final String loginClass;

  Platform(int number, String label, String loginClass) {
    this.number = number;
    this.label = label;
    this.loginClass = loginClass;
  }

  /** The number on the wire, 1 to 12. */
  public int number() {
    return number;
  }

  /** The protocol's name of the platform. */
  public String label() {
    return label;
  }

  /** Class that multi-login policies compare, for example {@code Mobile}. */
  public String loginClass() {
    return loginClass;
  }

  /** The platform with this number, or empty when it is unknown. */
  public static Optional<Platform> of(int number) {
    return number >= 1 && number <= BY_NUMBER.length
        ? Optional.of(BY_NUMBER[number - 1])
        : Optional.empty();
  }

  /** The platform's name, or the empty text for unknown numbers, as the protocol has it. */
  public static String labelOf(int number) {
    return of(number).map(Platform::label).orElse("");
  }
}
