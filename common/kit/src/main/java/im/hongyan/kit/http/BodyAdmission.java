package im.hongyan.kit.http;

/** Whether the body of a request is read, judged by its headers. */
public sealed interface BodyAdmission {
  /** The body is read, within the server's own limit. */
  BodyAdmission ANY = new UpTo(Integer.MAX_VALUE);

  /**
   * The body is read.
   *
   * @param maxBytes a larger one is answered with 413
   */
  record UpTo(int maxBytes) implements BodyAdmission {}

  /** The request is answered at once, and the connection ended without reading on. */
  record Refused(HttpResponse answer) implements BodyAdmission {}
}
