package dev.dagkeeper.api.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/**
 * Sets up the log: to standard error, as quiet as a command line should be. In code, because an XML file takes longer to read
 * than a short command may last. Found by {@link java.util.ServiceLoader}.
 *
 * <p>The level of the engine's own log is the system property {@value #PROPERTY} or the variable {@value #VARIABLE}; of
 * libraries only warnings are shown.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** Names the level. */
    static final String PROPERTY = "dagkeeper.log";

    private static final String VARIABLE = "DAGKEEPER_LOG";
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{0} [%thread] %msg%n";

    /** For {@link java.util.ServiceLoader}. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var level = level();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        // They log every closed connection as a warning.
        context.getLogger("org.apache.zookeeper").setLevel(Level.ERROR);
        context.getLogger("org.apache.curator").setLevel(Level.ERROR);
        // They show a refused login or certificate as a stack trace each time; the engine says it in words.
        context.getLogger("org.apache.zookeeper.client.ZooKeeperSaslClient").setLevel(Level.OFF);
        context.getLogger("org.apache.zookeeper.ClientCnxnSocketNetty").setLevel(Level.OFF);
        context.getLogger("org.apache.curator.ConnectionState").setLevel(Level.OFF);
        context.getLogger("dev.dagkeeper").setLevel(level);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Level level() {
        var variable = System.getenv(VARIABLE);
        var named = variable == null ? System.getProperty(PROPERTY, "WARN") : variable;
        return Level.toLevel(named, Level.WARN);
    }
}
