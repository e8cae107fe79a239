package im.hongyan.embedded;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SCRAM-SHA-256 in front of the server of MongoDB's protocol, which asks nobody for a password.
 * Until a connection has proved that it knows the password it may greet and log in, nothing else. A
 * connection's requests come one after the other; safe for use by several connections.
 */
final class MongoAuthentication {
  private static final Logger LOG = LoggerFactory.getLogger(MongoAuthentication.class);
  private static final AttributeKey<ScramSaslServer> EXCHANGE =
      AttributeKey.valueOf(MongoAuthentication.class, "exchange");
  private static final Set<String> FOR_ALL = Set.of("hello", "isMaster", "ismaster");
  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;

  private final CallbackHandler password;

  MongoAuthentication(CallbackHandler password) {
    this.password = password;
  }

  /** Whether a connection has logged in. */
  boolean isDone(Channel channel) {
    ScramSaslServer exchange = channel.attr(EXCHANGE).get();
    return exchange != null && exchange.isComplete();
  }

  /** The answer to a request that is part of a login, or is refused before one. */
  Optional<Document> answer(Channel channel, String command, Document request) {
    return switch (command) {
      case "saslStart" -> Optional.of(begin(channel, request));
      case "saslContinue" -> Optional.of(proceed(channel, request));
      default ->
          isDone(channel) || FOR_ALL.contains(command)
              ? Optional.empty()
              : Optional.of(
                  failure(
                      UNAUTHORIZED,
                      "Unauthorized",
                      "command " + command + " requires authentication"));
    };
  }

  private Document begin(Channel channel, Document request) {
    if (!ScramPassword.MECHANISM.mechanismName().equals(request.get("mechanism"))) {
      return refused(channel);
    }
    try {
      channel.attr(EXCHANGE).set(new ScramSaslServer(ScramPassword.MECHANISM, Map.of(), password));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return proceed(channel, request);
  }

  private static Document proceed(Channel channel, Document request) {
    ScramSaslServer exchange = channel.attr(EXCHANGE).get();
    byte[] payload = payload(request);
    if (exchange == null || exchange.isComplete() || payload == null) {
      return refused(channel);
    }
    try {
      byte[] answer = exchange.evaluateResponse(payload);
      return new Document("conversationId", 1)
          .append("done", exchange.isComplete())
          .append("payload", new BinData(answer))
          .append("ok", 1.0);
    } catch (SaslException | KafkaException e) {
      return refused(channel);
    }
  }

  private static byte @Nullable [] payload(Document request) {
    return switch (request.get("payload")) {
      case BinData data -> data.getData();
      case byte[] data -> data;
      case null, default -> null;
    };
  }

  /** A log-in that fails also ends what the connection had proved before. */
  private static Document refused(Channel channel) {
    channel.attr(EXCHANGE).set(null);
    LOG.warn("a log-in to the inbox's server was refused: its password is in the data folder");
    return failure(AUTHENTICATION_FAILED, "AuthenticationFailed", "Authentication failed.");
  }

  private static Document failure(int code, String name, String text) {
    return new Document("errmsg", text)
        .append("code", code)
        .append("codeName", name)
        .append("ok", 0.0);
  }
}
