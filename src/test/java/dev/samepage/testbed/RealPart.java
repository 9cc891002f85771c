package dev.samepage.testbed;

import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts one real part when the first test class asks for it, lends it to all as a parameter, and stops it after the last.
 * Where it is not to be had the tests are aborted, loudly.
 */
public abstract class RealPart<T> implements BeforeAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(RealPart.class);

    /** Starts the part; what it says meanwhile is for a person. */
    @FunctionalInterface
    public interface Starter<T> {
        T start(Consumer<String> progress) throws UnavailableException;
    }

    /** How it went; JUnit closes what is in its store. */
    private sealed interface Outcome extends AutoCloseable {
        record Running(Object part, Runnable stop) implements Outcome {
            @Override
            public void close() {
                stop.run();
            }
        }

        record Missing(String message) implements Outcome {
            @Override
            public void close() {}
        }

        @Override
        void close();
    }

    private final Class<T> type;
    private final Starter<T> starter;
    private final Consumer<T> stopper;

    protected RealPart(Class<T> type, Starter<T> starter, Consumer<T> stopper) {
        this.type = type;
        this.starter = starter;
        this.stopper = stopper;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (outcome(context) instanceof Outcome.Missing(String message)) {
            System.err.printf("%n*** %s WAS NOT RUN: %s%n%n", context.getDisplayName(), message);
            Assumptions.abort(message);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == type;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return switch (outcome(context)) {
            case Outcome.Running running -> running.part();
            case Outcome.Missing(String message) -> Assumptions.abort(message);
        };
    }

    private Outcome outcome(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(type, key -> start(), Outcome.class);
    }

    private Outcome start() {
        try {
            T part = starter.start(System.err::println);
            return new Outcome.Running(part, () -> stopper.accept(part));
        } catch (UnavailableException e) {
            return new Outcome.Missing(String.valueOf(e.getMessage()));
        }
    }
}
