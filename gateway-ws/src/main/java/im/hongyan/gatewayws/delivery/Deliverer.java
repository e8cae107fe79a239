package im.hongyan.gatewayws.delivery;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.FrameEncoding;
import im.hongyan.gatewayws.connection.GatewayLoop;
import im.hongyan.gatewayws.connection.SharedFrame;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.kit.net.EdgeAllocator;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.sequencing.AwaitedAnswer;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Platform;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages to the connections of users. A frame is encoded once per form, and each event loop
 * is woken once for all of its connections. Safe for use by several threads; what one thread hands
 * over reaches each connection in this order.
 */
public final class Deliverer {
  private final ConnectionRegistry registry;
  private final AwaitedAnswers answers;
  private final GatewayMeters meters;

  /**
   * What the caller's own connections get behind the answer of the call that caused it.
   *
   * @param answer done when it need not wait any longer
   */
  private record Echo(String userId, CompletableFuture<?> answer) {}

  /** Takes the outcome of each connection. */
  @FunctionalInterface
  public interface Results {
    /**
     * An outcome.
     *
     * @param recipient index of the user in the recipients
     * @param code 0, 1603 or 1604 (websocket.md 9.3)
     */
    void add(int recipient, ClientConnection connection, int code);
  }

  public Deliverer(ConnectionRegistry registry, AwaitedAnswers answers, GatewayMeters meters) {
    this.registry = registry;
    this.answers = answers;
    this.meters = meters;
  }

  /** Delivers a message's copies to all connections of the recipients. */
  public void deliver(
      String operationId, List<PushedCopy> copies, List<String> recipients, Results results) {
    Push push = Push.newBuilder().setOperationId(operationId).addAllCopies(copies).build();
    deliver(push, recipients, results, HandedOver.UNWATCHED);
  }

  /**
   * Delivers a push, and reports when the loops have it. Connections of the user who awaits an
   * answer write it behind that; it counts as done all the same.
   *
   * @param recipients the push's own may be a reference to them
   */
  void deliver(Push push, List<String> recipients, Results results, HandedOver handed) {
    Map<GatewayLoop, List<ClientConnection>> byLoop = new HashMap<>(4);
    for (int i = 0; i < recipients.size(); i++) {
      for (ClientConnection connection : registry.of(recipients.get(i))) {
        int code = code(connection);
        results.add(i, connection, code);
        if (code == 0) {
          byLoop.computeIfAbsent(connection.loop(), l -> new ArrayList<>()).add(connection);
        }
      }
    }
    if (byLoop.isEmpty()) {
      return;
    }
    Echo echo = push.hasAwaitedAnswer() ? echo(push.getAwaitedAnswer()) : null;
    for (PushedCopy copy : push.getCopiesList()) {
      try (SharedFrame frame = PushedFrames.of(push.getOperationId(), copy)) {
        byLoop.forEach(
            (loop, connections) -> hand(loop, connections, key(copy), frame, echo, handed));
      }
    }
  }

  /** Waits for an answer only where its user is connected here. */
  private @Nullable Echo echo(AwaitedAnswer awaited) {
    return registry.of(awaited.getUserId()).isEmpty()
        ? null
        : new Echo(awaited.getUserId(), answers.await(awaited.getCallId()));
  }

  /** Computes what a delivery to these recipients would come to now, and delivers nothing. */
  public void look(List<String> recipients, Results results) {
    for (int i = 0; i < recipients.size(); i++) {
      for (ClientConnection connection : registry.of(recipients.get(i))) {
        results.add(i, connection, outcome(connection));
      }
    }
  }

  /** Delivers a copy to one connection. */
  public void deliver(PushedCopy copy, ClientConnection connection) {
    try (SharedFrame frame = PushedFrames.of("", copy)) {
      hand(connection.loop(), List.of(connection), key(copy), frame, null, HandedOver.UNWATCHED);
    }
  }

  /** A connection whose loop takes nothing more ends, so that its client finds what it missed. */
  private int code(ClientConnection connection) {
    int code = outcome(connection);
    if (code == 0 && connection.loop().isFull()) {
      connection.giveUp();
      code = ImError.PUSH_MSG.code();
    }
    if (code == ImError.IOS_BACKGROUND_PUSH.code()) {
      meters.iosBackground();
    } else if (code != 0) {
      meters.notWritten();
    }
    return code;
  }

  private static int outcome(ClientConnection connection) {
    if (connection.platform() == Platform.IOS && connection.background()) {
      return ImError.IOS_BACKGROUND_PUSH.code();
    }
    return connection.alive() ? 0 : ImError.PUSH_MSG.code();
  }

  /** While it waits, a message that no pull can bring back does not take another's place. */
  private static String key(PushedCopy copy) {
    return copy.getSeq() > 0 ? copy.getConversationId() : copy.getConversationId() + " not stored";
  }

  private void hand(
      GatewayLoop loop,
      Collection<ClientConnection> connections,
      String key,
      SharedFrame frame,
      @Nullable Echo echo,
      HandedOver handed) {
    Map<FrameEncoding, ByteBuf> forms = new HashMap<>(4);
    int bytes = 0;
    try {
      for (ClientConnection connection : connections) {
        if (!forms.containsKey(connection.form())) {
          ByteBuf encoded = frame.in(connection.form(), connection.allocator());
          forms.put(connection.form(), encoded);
          bytes += encoded.readableBytes();
        }
      }
    } catch (EdgeAllocator.ExhaustedException full) {
      forms.values().forEach(ByteBuf::release);
      connections.forEach(ClientConnection::giveUp);
      return;
    }
    handed.handing();
    loop.push(bytes, () -> push(connections, key, forms, echo, handed));
    meters.pushed(connections.size());
  }

  private static void push(
      Collection<ClientConnection> connections,
      String key,
      Map<FrameEncoding, ByteBuf> forms,
      @Nullable Echo echo,
      HandedOver handed) {
    try {
      for (ClientConnection connection : connections) {
        ByteBuf bytes = forms.get(connection.form());
        if (bytes != null && echo != null && echo.userId().equals(connection.userId())) {
          connection.pushBehind(echo.answer(), key, bytes.retainedDuplicate());
        } else if (bytes != null) {
          connection.push(key, bytes.retainedDuplicate());
        }
      }
    } finally {
      forms.values().forEach(ByteBuf::release);
      handed.finished();
    }
  }

  /** Whether a platform counts as reached, so that no offline push is needed. */
  public static boolean isPhone(Platform platform) {
    return platform == Platform.IOS || platform == Platform.ANDROID;
  }
}
