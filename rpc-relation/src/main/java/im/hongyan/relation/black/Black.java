package im.hongyan.relation.black;

/** A blacklist's entry. */
public record Black(
    String ownerUserId,
    String blackUserId,
    long createTimeMillis,
    int addSource,
    String operatorUserId,
    String ex) {}
