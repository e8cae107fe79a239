package im.hongyan.sdktests.browser;

/** What a page says. Called by the browser's reading thread; must not call the browser. */
public interface PageListener {
  /** A text that the page's scripts hand to {@code window.report}. */
  void onReport(String text);

  /** A line of the page's console, or an error that no script catches. */
  void onConsole(String line);
}
