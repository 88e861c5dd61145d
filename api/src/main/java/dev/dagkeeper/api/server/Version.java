package dev.dagkeeper.api.server;

/** The program's version, from the build. */
final class Version {
    static final String TEXT = Version.class.getPackage().getImplementationVersion() == null
            ? "development"
            : Version.class.getPackage().getImplementationVersion();

    private Version() {}
}
