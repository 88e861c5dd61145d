package dev.dagkeeper.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Signals to processes and whole process groups. Calls {@code kill(2)} itself: the JDK signals single processes only,
 * and a {@code kill} command costs a process each time. The JVM wants {@code --enable-native-access=ALL-UNNAMED} for
 * that, or warns once.
 */
enum Signal {
    /** Delivers nothing; tells whether there is anything to deliver to. */
    NONE(0),
    KILL(9),
    TERM(15);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** Whether the process was there (a zombie counts) and could be signalled. */
    boolean toProcess(long pid) {
        if (pid <= 1) {
            throw new IllegalArgumentException("not the id of a process to signal: " + pid);
        }
        return Native.kill(Math.toIntExact(pid), number);
    }

    /** Whether any process of the group was there (a zombie counts) and could be signalled. */
    boolean toGroup(long group) {
        if (group <= 1) {
            throw new IllegalArgumentException("not the id of a process group to signal: " + group);
        }
        return Native.kill(Math.toIntExact(-group), number);
    }

    private static final class Native {
        private static final MethodHandle KILL = link();

        private Native() {}

        @SuppressWarnings("restricted")
        private static MethodHandle link() {
            var linker = Linker.nativeLinker();
            var kill = linker.defaultLookup()
                    .find("kill")
                    .orElseThrow(() -> new IllegalStateException("the C library has no function kill"));
            return linker.downcallHandle(
                    kill, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        }

        static boolean kill(int target, int signal) {
            try {
                return (int) KILL.invokeExact(target, signal) == 0;
            } catch (Throwable impossible) {
                throw new IllegalStateException("calling kill(2) failed", impossible);
            }
        }
    }
}
