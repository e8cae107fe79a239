package im.hongyan.kit.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Live;
import im.hongyan.kit.config.Settings;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets the log up: to standard error, as text or as one JSON object a line, each event with the
 * operationID of the call it belongs to. Called once at start.
 */
public final class Logging {
  /** Whatever clients may have chosen stands within one of our own words. */
  private static final String PATTERN =
      "%d{HH:mm:ss.SSS} %-5level %logger{0} %oneLine(%X{operationID} %msg)"
          + System.lineSeparator()
          + "%indented";

  private static final String OWN = "im.hongyan";

  /** What libraries say below this is of no use to an operator. */
  private static final Map<String, Level> QUIET =
      Map.of(
          "org.apache.kafka.clients.consumer.internals", Level.ERROR,
          "io.etcd.jetcd", Level.ERROR,
          "org.apache.kafka.clients.NetworkClient", Level.ERROR,
          "org.apache.kafka.clients.Metadata", Level.ERROR,
          "state.change.logger", Level.ERROR,
          "org.flywaydb.core.internal.database.base", Level.ERROR);

  private Logging() {}

  /**
   * Reads section {@code log} and applies it.
   *
   * @throws ConfigException for a format or level that does not exist
   */
  public static void start(Settings settings) {
    String format = format(settings);
    Live<Level> level = settings.live(Logging::level);
    start(format, level.get());
    level.onChange(
        next -> ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(OWN).setLevel(next));
  }

  /**
   * Reads section {@code log} and applies nothing.
   *
   * @throws ConfigException for a format or level that does not exist
   */
  public static void check(Settings settings) {
    format(settings);
    settings.live(Logging::level);
  }

  private static String format(Settings settings) {
    String format = settings.text("log.format", "text");
    if (!Set.of("text", "json").contains(format)) {
      throw new ConfigException("log.format must be text or json, not '" + format + "'");
    }
    return format;
  }

  private static Level level(Settings settings) {
    String name = settings.text("log.level", "info");
    Level level = Level.toLevel(name, null);
    if (level == null) {
      throw new ConfigException(
          "log.level must be error, warn, info, debug or trace, not '" + name + "'");
    }
    return level;
  }

  /** For commands, whose answer is all that an operator wants: warnings alone, as text. */
  public static void startCommand() {
    start("text", Level.WARN);
  }

  private static void start(String format, Level level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(format, context));
    Filter<ILoggingEvent> operation = new OperationFilter();
    operation.start();
    appender.addFilter(operation);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    QUIET.forEach((name, least) -> context.getLogger(name).setLevel(least));
    context.getLogger(OWN).setLevel(level);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /** Text keeps an event to its line, and a stack to lines that begin with a tab. */
  static Encoder<ILoggingEvent> encoder(String format, LoggerContext context) {
    if (format.equals("json")) {
      JsonEncoder json = new JsonEncoder();
      json.setContext(context);
      json.setWithContext(false);
      json.setWithSequenceNumber(false);
      json.setWithNanoseconds(false);
      json.setWithFormattedMessage(true);
      json.setWithMessage(false);
      json.setWithArguments(false);
      json.start();
      return json;
    }
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.getInstanceConverterMap().put("oneLine", OneLine::new);
    layout.getInstanceConverterMap().put("indented", IndentedStack::new);
    layout.setPattern(PATTERN);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> text = new LayoutWrappingEncoder<>();
    text.setContext(context);
    text.setLayout(layout);
    text.start();
    return text;
  }

  /** Adds the operationID, which travels in the gRPC context rather than per thread. */
  private static final class OperationFilter extends Filter<ILoggingEvent> {
    @Override
    public FilterReply decide(ILoggingEvent event) {
      String operationId = CallContext.currentOperationId();
      if (!operationId.isEmpty() && event instanceof LoggingEvent own) {
        own.setMDCPropertyMap(Map.of("operationID", operationId));
      }
      return FilterReply.NEUTRAL;
    }
  }
}
