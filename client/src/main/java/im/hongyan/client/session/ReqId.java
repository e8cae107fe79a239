package im.hongyan.client.session;

/** Request identifiers of the gateway (websocket.md 4.2). */
public final class ReqId {
  public static final int GET_MAX_SEQ = 1001;
  public static final int PULL_BY_RANGE = 1002;
  public static final int SEND_MSG = 1003;
  public static final int PULL_BY_SEQS = 1005;
  public static final int READ_AND_MAX_SEQ = 1006;
  public static final int LAST_MESSAGE = 1007;
  public static final int PUSH_MSG = 2001;
  public static final int KICKED = 2002;
  public static final int LOGOUT = 2003;
  public static final int SET_BACKGROUND = 2004;
  public static final int SUBSCRIBE_STATUS = 2005;

  private ReqId() {}
}
