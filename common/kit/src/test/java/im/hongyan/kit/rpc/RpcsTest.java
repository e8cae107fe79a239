package im.hongyan.kit.rpc;

import static im.hongyan.kit.rpc.RpcServer.ALICE;
import static im.hongyan.kit.rpc.RpcServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.proto.push.DelUserPushTokenResp;
import im.hongyan.proto.push.PushMsgReq;
import im.hongyan.proto.push.PushMsgResp;
import im.hongyan.proto.push.PushMsgServiceGrpc;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Proves that features share a proto service, and that every mistake in the rows stops the start.
 */
class RpcsTest {
  private final RpcServer server = new RpcServer();
  private final Rpcs rpcs = server.rpcs;

  @AfterEach
  void close() {
    server.close();
  }

  private static Feature answering(TestMethod method) {
    return rows ->
        rows.unary(method.grpc(), (caller, request) -> method.response(method.schema().getName()));
  }

  @Test
  void severalFeaturesServeOneProtoService() {
    TestMethod add = TestMethod.of("Add", "is: ANY_USER");
    TestMethod remove = TestMethod.of("Remove", "is: ANY_USER");
    TestMethod unserved = TestMethod.of("Unserved", "is: ANY_USER");
    rpcs.add(answering(add), answering(remove));
    assertThat(rpcs.services()).extracting(RpcsTest::name).containsExactly("test.Things");
    assertThat(server.call(ALICE, add, "")).isEqualTo("Add");
    assertThat(server.call(ALICE, remove, "")).isEqualTo("Remove");
    assertThat(server.call(ALICE, unserved, "")).startsWith("500 UNIMPLEMENTED");
  }

  private static String name(ServerServiceDefinition service) {
    return service.getServiceDescriptor().getName();
  }

  @Test
  void aMethodHasOneRow() {
    Feature feature = answering(TestMethod.of("Do", "is: ANY_USER"));
    rpcs.add(feature);
    assertThatThrownBy(() -> rpcs.add(feature))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("test.Things/Do has two rows");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | test.Things/Do must say who may call it in exactly one way",
        "first: true | test.Things/Do must say who may call it in exactly one way",
        "is: ANY_USER self: 'text' | test.Things/Do must say who may call it in exactly one way",
        "group_role: MEMBER group: 'text' | test.Things/Do asks for a group role, and nobody"
            + " registered GroupRoles",
        "participant: 'text' | test.Things/Do asks for a participant, and nobody registered"
            + " Participants",
        "self: 'nowhere' | test.Things/Do: test.Request has no field nowhere",
        "self: 'number' | test.Things/Do: number is no text",
        "is: ANY_USER refusal: 'not {value}' | test.Things/Do names {value} in its refusal without"
            + " a field",
      })
  void accessThatCannotBeDecidedStopsTheStart(String access, String text) {
    rpcs.add(answering(TestMethod.of("Do", access)));
    assertThatThrownBy(rpcs::services).isInstanceOf(IllegalStateException.class).hasMessage(text);
  }

  @Test
  void aCheckThatNamesNoFieldStopsTheStart() {
    rpcs.add(answering(TestMethod.of("Do", "is: ANY_USER", "field: 'nowhere' not_empty: true")));
    assertThatThrownBy(rpcs::services)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("test.Things/Do: test.Request has no field nowhere");
  }

  @Test
  void lookUpsAreRegisteredOnce() {
    rpcs.participants((conversation, user) -> false);
    assertThatThrownBy(() -> rpcs.participants((conversation, user) -> true))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void unaryMethodsAndStreamsAreNotMixedUp() {
    assertThatThrownBy(() -> rpcs.streaming(new PushMsgServiceGrpc.PushMsgServiceImplBase() {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is unary and wants a row of its own");
    assertThatThrownBy(() ->
            rpcs.unary(
                SendingGrpc.getSendMethod(),
                (caller, batch) -> {
                  throw new AssertionError();
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("hongyan.sending.Sending/Send is a stream");
  }

  /** PushMsg is listed in hongyan/not-built.txt. */
  @Test
  void whatIsBuiltHasARowAndNothingElse() {
    assertThatThrownBy(() -> rpcs.requireAll(PushMsgServiceGrpc.getServiceDescriptor()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("[openim.push.PushMsgService/DelUserPushToken has no row]");
    rpcs.unary(
        PushMsgServiceGrpc.getDelUserPushTokenMethod(),
        (caller, request) -> DelUserPushTokenResp.getDefaultInstance());
    rpcs.requireAll(PushMsgServiceGrpc.getServiceDescriptor());
    rpcs.unary(
        PushMsgServiceGrpc.getPushMsgMethod(),
        (caller, request) -> PushMsgResp.getDefaultInstance());
    assertThatThrownBy(() -> rpcs.requireAll(PushMsgServiceGrpc.getServiceDescriptor()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("[openim.push.PushMsgService/PushMsg is not built]");
    assertThat(List.of(rpcs.services().getFirst().getMethods())).isNotEmpty();
  }

  @Test
  void whatIsNotBuiltIsRefused() {
    rpcs.unary(
        PushMsgServiceGrpc.getDelUserPushTokenMethod(),
        (caller, request) -> DelUserPushTokenResp.getDefaultInstance());
    rpcs.requireAll(PushMsgServiceGrpc.getServiceDescriptor());
    Channel channel = server.channel();
    assertThatThrownBy(() ->
            SERVICE.call(() ->
                RpcChannels.call(
                    channel,
                    PushMsgServiceGrpc.getPushMsgMethod(),
                    PushMsgReq.getDefaultInstance())))
        .isInstanceOfSatisfying(
            ImException.class,
            refused -> {
              assertThat(refused.is(ImError.NO_PERMISSION)).isTrue();
              assertThat(refused.detail())
                  .isEqualTo("no authorisation entry for openim.push.PushMsgService/PushMsg");
            });
  }
}
