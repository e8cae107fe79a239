package im.hongyan.wire.error;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The protocol's error codes with their fixed names (errors-config-ops.md 1). Applications switch
 * on the number; client SDKs log the user out for good on 1501 to 1507, so those are only for real
 * token faults, and a fault of our own infrastructure is {@link #INTERNAL}.
 */
public enum ImError {
  TOO_MANY_REQUESTS(429, "too many requests, please try again later"),
  INTERNAL(500, "ServerInternalError"),
  ARGS(1001, "ArgsError"),
  NO_PERMISSION(1002, "NoPermissionError"),
  DUPLICATE_KEY(1003, "DuplicateKeyError"),
  RECORD_NOT_FOUND(1004, "RecordNotFoundError"),
  USER_ID_NOT_FOUND(1101, "UserIDNotFoundError"),
  REGISTERED_ALREADY(1102, "RegisteredAlreadyError"),
  GROUP_ID_NOT_FOUND(1201, "GroupIDNotFoundError"),
  GROUP_ID_EXISTED(1202, "GroupIDExisted"),
  NOT_IN_GROUP_YET(1203, "NotInGroupYetError"),
  DISMISSED_ALREADY(1204, "DismissedAlreadyError"),
  GROUP_TYPE_NOT_SUPPORTED(1205, ""),
  GROUP_REQUEST_HANDLED(1206, "GroupRequestHandled"),
  CANNOT_ADD_YOURSELF(1301, "CanNotAddYourselfError"),
  BLOCKED_BY_PEER(1302, "BlockedByPeer"),
  NOT_PEERS_FRIEND(1303, "NotPeersFriend"),
  RELATIONSHIP_ALREADY(1304, "RelationshipAlreadyError"),
  FRIEND_REQUEST_HANDLED(1305, "FriendRequestHandled"),
  MESSAGE_HAS_READ_DISABLE(1401, "MessageHasReadDisable"),
  MUTED_IN_GROUP(1402, "MutedInGroup"),
  MUTED_GROUP(1403, "MutedGroup"),
  MSG_ALREADY_REVOKE(1404, "MsgAlreadyRevoke"),
  TOKEN_EXPIRED(1501, "TokenExpiredError"),
  TOKEN_INVALID(1502, "TokenInvalidError"),
  TOKEN_MALFORMED(1503, "TokenMalformedError"),
  TOKEN_NOT_VALID_YET(1504, "TokenNotValidYetError"),
  TOKEN_UNKNOWN(1505, "TokenUnknownError"),
  TOKEN_KICKED(1506, "TokenKickedError"),
  TOKEN_NOT_EXIST(1507, "TokenNotExistError"),
  ORG_USER_NO_PERMISSION(1520, "OrgUserNoPermissionError"),
  CONN_OVER_MAX_NUM_LIMIT(1601, "ConnOverMaxNumLimit"),
  CONN_ARGS(1602, "args err, need token, sendID, platformID"),
  PUSH_MSG(1603, "push msg err"),
  IOS_BACKGROUND_PUSH(1604, "ios background push err"),
  FILE_UPLOADED_EXPIRED(1701, "FileUploadedExpiredError"),
  CALLBACK(80000, "CallbackError"),
  DATABASE(90002, "DatabaseError"),
  NETWORK(90004, "NetworkError"),
  DATA(90007, "DataError");

  private static final Map<Integer, ImError> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toMap(ImError::code, Function.identity()));

  private final int code;
  private final String text;

  ImError(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The number that travels as {@code errCode}. */
  public int code() {
    return code;
  }

  /** The fixed name that travels as {@code errMsg}. */
  public String text() {
    return text;
  }

  /** An exception with this code and a free text for {@code errDlt}. */
  public ImException with(String detail) {
    return new ImException(code, text, detail, null);
  }

  /** An exception with this code, without a detail. */
  public ImException bare() {
    return with("");
  }

  /** An exception with this code whose {@code errMsg} is not the fixed name. */
  public ImException named(String message, String detail) {
    return new ImException(code, message, detail, null);
  }

  /** The error with this code, or empty for codes that webhooks may invent. */
  public static Optional<ImError> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
