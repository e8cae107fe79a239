package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.rest.AdminApi;
import im.hongyan.sdktests.browser.Page;
import im.hongyan.sdktests.browser.PageListener;
import im.hongyan.testkit.Eventually;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Proves that the page of the OpenAPI document works in a browser, under the policy that it is
 * served with: it lists the routes, describes one, and sends it.
 */
@SdkCase
class OpenApiPageE2E {
  private static final String ROUTE = "/user/get_users_info";

  private final SdkSystem system;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  OpenApiPageE2E(SdkSystem system) {
    this.system = system;
  }

  @Test
  void aRouteIsFoundDescribedAndSent() {
    String token = system.address().asAdmin(AdminApi::token);
    try (Page page = system.browser().open(new Console())) {
      page.go(system.address().api().resolve("/openapi/"));
      Eventually.until("the routes are there", () -> count(page, "details") > 50);
      run(page, "find('input#find').value = '" + ROUTE + "'");
      run(page, "find('input#find').dispatchEvent(new Event('input'))");
      assertThat(count(page, "details:not([hidden])")).isEqualTo(1);
      run(page, "find('details:not([hidden]) summary').click()");
      Eventually.until("it is described", () -> count(page, "details textarea") == 1);
      assertThat(text(page, "details table")).contains("userIDs", "list of string", "yes");
      assertThat(text(page, "details p")).contains("Rights: every user.");
      run(page, "find('#token').value = '" + token + "'");
      run(page, "find('textarea').value = '{\"userIDs\":[\"imAdmin\"]}'");
      run(page, "find('details button').click()");
      Eventually.until("it is answered", () -> text(page, "details pre").contains("errCode"));
      assertThat(text(page, "details pre"))
          .startsWith("HTTP 200, operationID ")
          .contains("\"errCode\": 0", "\"userID\": \"imAdmin\"", "\n  \"data\": {\n");
    }
    assertThat(complaints).isEmpty();
  }

  /** What a page complains of. */
  private final class Console implements PageListener {
    @Override
    public void onReport(String text) {}

    @Override
    public void onConsole(String line) {
      complaints.add(line);
    }
  }

  private static void run(Page page, String script) {
    page.evaluate(
        "(() => { const find = (what) => document.querySelector(what); "
            + script
            + "; return true; })()");
  }

  private static int count(Page page, String selector) {
    return page.evaluate("document.querySelectorAll('" + selector + "').length").asInt();
  }

  private static String text(Page page, String selector) {
    return page.evaluate("document.querySelector('" + selector + "').textContent").asString();
  }
}
