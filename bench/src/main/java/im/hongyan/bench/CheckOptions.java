package im.hongyan.bench;

import picocli.CommandLine.Option;

/** Whether clients are watched and the server is judged. */
final class CheckOptions {
  @Option(
      names = "--check",
      description =
          "users follow the official clients' rules, some messages are sent twice under one id, "
              + "everybody pulls everything at the end, and every rule of delivery is checked")
  private boolean check;

  boolean wanted() {
    return check;
  }

  String headline() {
    return check ? "--check " : "";
  }
}
