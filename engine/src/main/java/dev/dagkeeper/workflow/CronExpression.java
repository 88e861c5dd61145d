package dev.dagkeeper.workflow;

/**
 * A checked cron expression.
 *
 * @param text as written
 */
public record CronExpression(String text) {
    public CronExpression {
        CronSyntax.problem(text).ifPresent(why -> {
            throw new IllegalArgumentException("'" + text + "': " + why);
        });
    }
}
