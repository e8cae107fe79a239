package im.hongyan.wire.json;

/**
 * JSON that Go's decoder would refuse for the wanted type, or that is beyond our limits. Whatever
 * bytes arrive, this is the only exception of the JSON codec. Its message is the text for {@code
 * errMsg} of code 1001. It has no stack trace, since it is the sender's fault and not ours.
 */
public final class GoJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  public GoJsonException(String reason) {
    super(reason, null, false, false);
  }
}
