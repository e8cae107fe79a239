package im.hongyan.server;

import com.sun.management.UnixOperatingSystemMXBean;
import im.hongyan.kit.config.ConfigException;
import java.lang.management.ManagementFactory;

/** How many files and sockets a process may have open. Stateless. */
public final class OpenFiles {
  private static final String TOO_MANY = "Too many open files";

  private OpenFiles() {}

  /**
   * Refuses a limit below which the process could not serve.
   *
   * @throws ConfigException with the limit and what is needed
   */
  public static void require(long least) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < least) {
      throw new ConfigException(
          "this user may have %d open files, at least %d are needed; raise the limit (ulimit -n)"
              .formatted(system.getMaxFileDescriptorCount(), least));
    }
  }

  /** Whether a failure comes from the limit. */
  static boolean wereTooMany(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains(TOO_MANY)) {
        return true;
      }
    }
    return false;
  }
}
