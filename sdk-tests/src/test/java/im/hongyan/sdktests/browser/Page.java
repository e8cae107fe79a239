package im.hongyan.sdktests.browser;

import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A page with storage of its own. Safe for use by several threads; its creator closes it. */
public final class Page implements AutoCloseable {
  private static final String BINDING = "report";

  private final DevTools devTools;
  private final String context;
  private final String session;
  private final PageListener listener;

  private Page(DevTools devTools, String context, String session, PageListener listener) {
    this.devTools = devTools;
    this.context = context;
    this.session = session;
    this.listener = listener;
  }

  static Page open(DevTools devTools, PageListener listener) {
    String context =
        devTools
            .call(null, "Target.createBrowserContext", Map.of())
            .get("browserContextId")
            .asString();
    String target =
        devTools
            .call(
                null,
                "Target.createTarget",
                Map.of("url", "about:blank", "browserContextId", context))
            .get("targetId")
            .asString();
    String session =
        devTools
            .call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asString();
    Page page = new Page(devTools, context, session, listener);
    devTools.listen(session, page::onEvent);
    page.call("Page.enable", Map.of());
    page.call("Runtime.enable", Map.of());
    page.call("Runtime.addBinding", Map.of("name", BINDING));
    return page;
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    return devTools.call(session, method, parameters);
  }

  private void onEvent(String method, JsonNode event) {
    switch (method) {
      case "Runtime.bindingCalled" -> listener.onReport(event.path("payload").asString());
      case "Runtime.consoleAPICalled" -> listener.onConsole(line(event));
      case "Runtime.exceptionThrown" ->
          listener.onConsole("uncaught: " + event.path("exceptionDetails"));
      default -> {}
    }
  }

  private static String line(JsonNode event) {
    return StreamSupport.stream(event.path("args").spliterator(), false)
        .map(argument -> argument.path("value").asString(argument.path("description").asString("")))
        .collect(Collectors.joining(" "));
  }

  /** Goes to an address; does not wait for what its scripts do. */
  public void go(URI address) {
    call("Page.navigate", Map.of("url", address.toString()));
  }

  /**
   * Evaluates an expression, or awaits the promise that it is, and returns its value.
   *
   * @throws IllegalStateException when it throws
   */
  public JsonNode evaluate(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + " threw " + answer.get("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  @Override
  public void close() {
    devTools.forget(session);
    devTools.call(null, "Target.disposeBrowserContext", Map.of("browserContextId", context));
  }
}
