package im.hongyan.relation.user;

/** A user as stored. */
public record User(
    String userId,
    String nickname,
    String faceUrl,
    String ex,
    int appMangerLevel,
    int globalRecvMsgOpt,
    long createTimeMillis) {}
