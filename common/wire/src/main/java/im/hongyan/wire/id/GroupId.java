package im.hongyan.wire.id;

/** Id of a group. */
public record GroupId(String value) {}
