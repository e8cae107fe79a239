package im.hongyan.wire.id;

/** Id of a user. */
public record UserId(String value) {}
