package dev.dagkeeper.history;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what went wrong with Postgres in terms of what to do. */
final class Failures {
    private static final String TLS_ADVICE =
            "check sslmode in the address, and that the file sslrootcert there holds who signs the server's certificate,"
                    + " which must be for this host";

    private Failures() {}

    static StoreException at(String what, Exception failure) {
        var sql = sqlException(failure);
        var reason = sql.map(SQLException::getMessage).orElse(failure.getMessage());
        return new StoreException("Postgres: cannot " + what + ": " + reason, failure);
    }

    static StoreException atOpening(DatabaseSettings settings, Exception failure) {
        var sql = sqlException(failure);
        var state = sql.map(SQLException::getSQLState).orElse("");
        var reason = sql.map(SQLException::getMessage).orElse(failure.getMessage());
        var place = settings.place() + " as user '" + settings.user() + "'";
        var advice = switch (state == null ? "" : state) {
            case "28P01", "28000" -> "check the user and the password, and pg_hba.conf on the server";
            case "3D000" -> "create the database first: CREATE DATABASE ...";
            case "53300" -> "raise max_connections on the server, or end other clients";
            case "57P03" -> "the server is starting up or shutting down; try again in a moment";
            default -> isAboutTls(reason) ? TLS_ADVICE : "check that the server runs and that host and port are right";
        };
        return new StoreException(
                "cannot connect to Postgres at " + place + " within "
                        + settings.connectTimeout().toSeconds() + " s: " + reason + "; " + advice,
                failure);
    }

    /** The driver has no code of its own for it, and not always a cause. */
    private static boolean isAboutTls(@Nullable String reason) {
        return reason != null && (reason.contains("SSL") || reason.contains("could not be verified"));
    }

    /** The SQLSTATE of the failure. */
    static Optional<String> state(Exception failure) {
        return sqlException(failure).map(SQLException::getSQLState);
    }

    private static Optional<SQLException> sqlException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }
}
