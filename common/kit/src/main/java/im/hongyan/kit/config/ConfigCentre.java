package im.hongyan.kit.config;

import java.util.List;

/**
 * What administrators read and change of an installation's settings while it runs (rest-message.md
 * 11). A name is that of a section of the file. Safe for use by several threads; blocks.
 */
public interface ConfigCentre {
  /** The sections, sorted. */
  List<String> names();

  /** Keys whose new value this process takes at its next start alone. */
  List<String> waiting();

  /**
   * A section as JSON, with the values that this process runs with and secrets masked.
   *
   * @param name one of the names
   */
  String section(String name);

  /** Whether there is a store for changes; without one only {@link #restart} may be called. */
  boolean isShared();

  /**
   * Stores a section for all processes, which take of it what is live, and the rest at their next
   * start. A masked secret stays as it is.
   *
   * @param name one of the names
   * @param json an object of keys and values
   * @throws ConfigException when a key is unknown or a value cannot be used
   * @throws im.hongyan.wire.json.GoJsonException when it is no JSON object
   * @throws im.hongyan.wire.error.ImException 500 when the store does not answer
   */
  void set(String name, String json) throws im.hongyan.wire.json.GoJsonException;

  /** Takes back what was stored, so that files alone count again. */
  void reset();

  /** Whether what is stored counts. */
  boolean isEnabled();

  /** Lets what is stored count, beginning with nothing, or no longer. */
  void enable(boolean on);

  /** Whether {@link #restart} reaches every process. */
  boolean canRestart();

  /** Lets every process take leave of its clients and start again; returns before they do. */
  void restart();
}
