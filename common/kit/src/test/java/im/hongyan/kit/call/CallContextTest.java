package im.hongyan.kit.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves that a call's context reaches the next service as it was, whatever letters it holds. */
class CallContextTest {
  private static CallContext sent(CallContext context) {
    Metadata headers = new Metadata();
    context.writeTo(headers);
    return CallContext.readFrom(headers);
  }

  @Test
  void allOfItTravels() {
    CallContext user = CallContext.user("op 1", "鸿雁&=", "Web", "conn");
    for (CallContext context :
        List.of(
            user,
            user.withAnswerBytes(5),
            user.withAwaitedId("a-1"),
            user.withAnswerBytes(5).withAwaitedId("a+1"),
            user.withAwaitedId("a-1").withAnswerBytes(7),
            CallContext.service("op"))) {
      assertThat(sent(context)).isEqualTo(context);
    }
    assertThat(user.withAwaitedId("a-1").withAnswerBytes(7).awaitedId()).isEqualTo("a-1");
  }
}
