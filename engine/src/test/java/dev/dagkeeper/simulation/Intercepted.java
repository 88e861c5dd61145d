package dev.dagkeeper.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Stands before a store or a connection and changes some of what goes through. */
final class Intercepted {
    private Intercepted() {}

    /** Handles a call, going on with the real one or not. */
    interface Interceptor {
        @Nullable
        Object call(String method, @Nullable Object[] arguments, Proceed proceed) throws Throwable;
    }

    /** Makes the real call with these arguments. */
    interface Proceed {
        @Nullable
        Object with(@Nullable Object... arguments) throws Throwable;
    }

    static <T> T of(Class<T> type, T real, Interceptor interceptor) {
        var proxy = Proxy.newProxyInstance(
                Intercepted.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> interceptor.call(
                        method.getName(),
                        arguments == null ? new Object[0] : arguments,
                        changed -> invoke(method, real, changed)));
        return type.cast(proxy);
    }

    private static @Nullable Object invoke(Method method, Object real, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
