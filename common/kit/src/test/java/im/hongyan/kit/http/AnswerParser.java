package im.hongyan.kit.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads all that a server wrote on one connection; fails on what is no answer. */
final class AnswerParser {
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.1 (\\d{3}) [A-Za-z -]+\r\n(?:[!-9;-~]+: [^\r\n]*\r\n)*\r\n");

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");
  private static final int CONTINUE = 100;

  private final byte[] bytes;
  private final List<String> methods;
  private final List<HttpProbe.Answer> answers = new ArrayList<>();
  private int at;

  /**
   * Reads everything.
   *
   * @param methods of the requests that were handled, in their order; what HEAD gets has no body
   */
  AnswerParser(byte[] bytes, List<String> methods) {
    this.bytes = bytes.clone();
    this.methods = List.copyOf(methods);
    while (at < bytes.length) {
      next();
    }
  }

  /** The answers without those that only say to go on. */
  List<HttpProbe.Answer> answers() {
    return answers;
  }

  private void next() {
    String rest = new String(bytes, at, bytes.length - at, StandardCharsets.ISO_8859_1);
    Matcher head = HEAD.matcher(rest);
    HttpProbe.check(head.lookingAt(), "no answer: " + rest);
    at += head.end();
    int status = Integer.parseInt(head.group(1));
    if (status == CONTINUE) {
      return;
    }
    Matcher length = LENGTH.matcher(head.group());
    HttpProbe.check(length.find(), "an answer without a length: " + head.group());
    int announced = Integer.parseInt(length.group(1));
    boolean bodiless = answers.size() < methods.size() && isHead(methods.get(answers.size()));
    // The last one may refuse a HEAD that was not handled.
    int body = bodiless || at == bytes.length ? 0 : announced;
    HttpProbe.check(at + body <= bytes.length, "an answer is cut off");
    answers.add(
        new HttpProbe.Answer(status, head.group(), Arrays.copyOfRange(bytes, at, at + body)));
    at += body;
  }

  private static boolean isHead(String method) {
    return method.equals("HEAD");
  }
}
