package dev.samepage.testbed;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts one server when the first test class asks for it, and stops it after the last. */
final class RealApiServerExtension implements BeforeAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(RealApiServerExtension.class);

    /** How it went; JUnit closes what is in its store. */
    private sealed interface Outcome extends AutoCloseable {
        record Running(ApiServer server) implements Outcome {
            @Override
            public void close() {
                server.close();
            }
        }

        record Missing(String message) implements Outcome {
            @Override
            public void close() {}
        }

        @Override
        void close();

        static Outcome start() {
            try {
                return new Running(ApiServer.start(System.err::println));
            } catch (UnavailableException e) {
                return new Missing(String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (outcome(context) instanceof Outcome.Missing(String message)) {
            System.err.println("NOT RUN: " + context.getDisplayName() + ". " + message);
            Assumptions.abort(message);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ApiServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return switch (outcome(context)) {
            case Outcome.Running(ApiServer server) -> server;
            case Outcome.Missing(String message) -> Assumptions.abort(message);
        };
    }

    private static Outcome outcome(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Outcome.class, key -> Outcome.start(), Outcome.class);
    }
}
