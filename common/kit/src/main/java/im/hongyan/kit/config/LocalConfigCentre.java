package im.hongyan.kit.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of one process, which nothing but its own sources changes. */
public final class LocalConfigCentre implements ConfigCentre {
  private final Settings settings;
  private final @Nullable Runnable restart;

  /**
   * Shows settings.
   *
   * @param restart begins the restart of what is the whole system; null where it is a part
   */
  public LocalConfigCentre(Settings settings, @Nullable Runnable restart) {
    this.settings = settings;
    this.restart = restart;
  }

  @Override
  public List<String> names() {
    return SectionJson.names(settings);
  }

  @Override
  public List<String> waiting() {
    return List.of();
  }

  @Override
  public String section(String name) {
    return SectionJson.ofRunning(settings, name);
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public void set(String name, String json) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reset() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isEnabled() {
    return false;
  }

  @Override
  public void enable(boolean on) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean canRestart() {
    return restart != null;
  }

  @Override
  public void restart() {
    if (restart == null) {
      throw new UnsupportedOperationException();
    }
    restart.run();
  }
}
