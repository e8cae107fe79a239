package im.hongyan.msg;

import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.msg.mutation.ClearService;
import im.hongyan.msg.mutation.DeleteService;
import im.hongyan.msg.mutation.ReadService;
import im.hongyan.msg.mutation.RevokeService;
import im.hongyan.msg.pull.PullService;
import im.hongyan.msg.send.SendService;
import im.hongyan.msg.status.SendStatusService;
import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.ClearConversationsMsgResp;
import im.hongyan.proto.msg.DeleteMsgPhysicalBySeqReq;
import im.hongyan.proto.msg.DeleteMsgPhysicalBySeqResp;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.msg.DeleteMsgsResp;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSendMsgStatusReq;
import im.hongyan.proto.msg.GetSendMsgStatusResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.GetServerTimeReq;
import im.hongyan.proto.msg.GetServerTimeResp;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkConversationAsReadResp;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.msg.MarkMsgsAsReadResp;
import im.hongyan.proto.msg.MsgProto;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.msg.RevokeMsgResp;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.msg.SetSendMsgStatusReq;
import im.hongyan.proto.msg.SetSendMsgStatusResp;
import im.hongyan.proto.msg.UserClearAllMsgReq;
import im.hongyan.proto.msg.UserClearAllMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;

/** The gRPC endpoint of messages. */
public final class MsgApi extends msgGrpc.msgImplBase {
  private final SendService sends;
  private final PullService pulls;
  private final ReadService reads;
  private final RevokeService revokes;
  private final DeleteService deletions;
  private final ClearService clears;

  /** What changes messages. */
  public record Changes(
      ReadService reads, RevokeService revokes, DeleteService deletions, ClearService clears) {}

  private final SendStatusService statuses;
  private final InstantSource clock;

  /** Creates the endpoint. */
  public MsgApi(
      SendService sends,
      PullService pulls,
      Changes changes,
      SendStatusService statuses,
      InstantSource clock) {
    this.sends = sends;
    this.pulls = pulls;
    reads = changes.reads();
    revokes = changes.revokes();
    deletions = changes.deletions();
    clears = changes.clears();
    this.statuses = statuses;
    this.clock = clock;
  }

  /**
   * Who may call what; methods that are not built have no entry and are refused. Changes are for
   * the user itself: the services see to it, since arguments are refused before rights.
   */
  public static AuthorisationTable access() {
    var service = MsgProto.getDescriptor().findServiceByName("msg");
    return AuthorisationTable.builder()
        .allow(service, "SendMsg", Access.self("msgData.sendID"))
        .allow(service, "GetMaxSeq", Access.self("userID"))
        .allow(service, "PullMessageBySeqs", Access.self("userID"))
        .allow(service, "GetSeqMessage", Access.self("userID"))
        .allow(service, "GetConversationsHasReadAndMaxSeq", Access.self("userID"))
        .allow(service, "GetLastMessage", Access.self("userID"))
        .allow(service, "SetSendMsgStatus", Access.internal())
        .allow(service, "GetSendMsgStatus", Access.anyUser())
        .allow(service, "GetServerTime", Access.anyUser())
        .allow(service, "SetConversationHasReadSeq", Access.anyUser())
        .allow(service, "MarkMsgsAsRead", Access.anyUser())
        .allow(service, "MarkConversationAsRead", Access.anyUser())
        .allow(service, "RevokeMsg", Access.anyUser())
        .allow(service, "DeleteMsgs", Access.anyUser())
        .allow(service, "DeleteMsgPhysicalBySeq", Access.appAdmin())
        .allow(service, "ClearConversationsMsg", Access.anyUser())
        .allow(service, "UserClearAllMsg", Access.anyUser())
        .build();
  }

  @Override
  public void sendMsg(SendMsgReq request, StreamObserver<SendMsgResp> reply) {
    Unary.reply(
        reply,
        () -> {
          if (!request.hasMsgData()) {
            throw ImError.ARGS.with("msgData is empty");
          }
          try {
            return sends.send(request.getMsgData()).join();
          } catch (CompletionException e) {
            throw RpcErrors.coded(e.getCause() == null ? e : e.getCause());
          }
        });
  }

  @Override
  public void getMaxSeq(GetMaxSeqReq request, StreamObserver<GetMaxSeqResp> reply) {
    Unary.reply(reply, () -> pulls.maxSeqs(request.getUserID()));
  }

  @Override
  public void pullMessageBySeqs(
      PullMessageBySeqsReq request, StreamObserver<PullMessageBySeqsResp> reply) {
    Unary.reply(reply, () -> pulls.byRanges(request));
  }

  @Override
  public void getSeqMessage(GetSeqMessageReq request, StreamObserver<GetSeqMessageResp> reply) {
    Unary.reply(reply, () -> pulls.bySeqs(request));
  }

  @Override
  public void getConversationsHasReadAndMaxSeq(
      GetConversationsHasReadAndMaxSeqReq request,
      StreamObserver<GetConversationsHasReadAndMaxSeqResp> reply) {
    Unary.reply(
        reply,
        () ->
            pulls.readAndMax(
                request.getUserID(), request.getConversationIDsList(), request.getReturnPinned()));
  }

  @Override
  public void getLastMessage(GetLastMessageReq request, StreamObserver<GetLastMessageResp> reply) {
    Unary.reply(
        reply, () -> pulls.lastMessages(request.getUserID(), request.getConversationIDsList()));
  }

  @Override
  public void setSendMsgStatus(
      SetSendMsgStatusReq request, StreamObserver<SetSendMsgStatusResp> reply) {
    Unary.reply(
        reply,
        () -> {
          statuses.set(request.getStatus());
          return SetSendMsgStatusResp.getDefaultInstance();
        });
  }

  @Override
  public void setConversationHasReadSeq(
      SetConversationHasReadSeqReq request, StreamObserver<SetConversationHasReadSeqResp> reply) {
    Unary.reply(
        reply,
        () -> {
          reads.setReadSeq(request);
          return SetConversationHasReadSeqResp.getDefaultInstance();
        });
  }

  @Override
  public void getSendMsgStatus(
      GetSendMsgStatusReq request, StreamObserver<GetSendMsgStatusResp> reply) {
    Unary.reply(reply, () -> GetSendMsgStatusResp.newBuilder().setStatus(statuses.get()).build());
  }

  @Override
  public void getServerTime(GetServerTimeReq request, StreamObserver<GetServerTimeResp> reply) {
    Unary.reply(reply, () -> GetServerTimeResp.newBuilder().setServerTime(clock.millis()).build());
  }

  @Override
  public void markMsgsAsRead(MarkMsgsAsReadReq request, StreamObserver<MarkMsgsAsReadResp> reply) {
    Unary.reply(
        reply,
        () -> {
          reads.markMessages(request);
          return MarkMsgsAsReadResp.getDefaultInstance();
        });
  }

  @Override
  public void markConversationAsRead(
      MarkConversationAsReadReq request, StreamObserver<MarkConversationAsReadResp> reply) {
    Unary.reply(
        reply,
        () -> {
          reads.markConversation(request);
          return MarkConversationAsReadResp.getDefaultInstance();
        });
  }

  @Override
  public void revokeMsg(RevokeMsgReq request, StreamObserver<RevokeMsgResp> reply) {
    Unary.reply(
        reply,
        () -> {
          revokes.revoke(request);
          return RevokeMsgResp.getDefaultInstance();
        });
  }

  @Override
  public void deleteMsgs(DeleteMsgsReq request, StreamObserver<DeleteMsgsResp> reply) {
    Unary.reply(
        reply,
        () -> {
          deletions.delete(request);
          return DeleteMsgsResp.getDefaultInstance();
        });
  }

  @Override
  public void deleteMsgPhysicalBySeq(
      DeleteMsgPhysicalBySeqReq request, StreamObserver<DeleteMsgPhysicalBySeqResp> reply) {
    Unary.reply(
        reply,
        () -> {
          deletions.erase(request);
          return DeleteMsgPhysicalBySeqResp.getDefaultInstance();
        });
  }

  @Override
  public void clearConversationsMsg(
      ClearConversationsMsgReq request, StreamObserver<ClearConversationsMsgResp> reply) {
    Unary.reply(
        reply,
        () -> {
          clears.clear(request);
          return ClearConversationsMsgResp.getDefaultInstance();
        });
  }

  @Override
  public void userClearAllMsg(
      UserClearAllMsgReq request, StreamObserver<UserClearAllMsgResp> reply) {
    Unary.reply(
        reply,
        () -> {
          clears.clearAll(request);
          return UserClearAllMsgResp.getDefaultInstance();
        });
  }
}
