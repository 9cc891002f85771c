package dev.samepage.cli;

import dev.samepage.operator.OperatorApplication;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The {@code samepage} command. */
@QuarkusMain
public final class Samepage {
    private Samepage() {}

    public static void main(String... args) {
        Quarkus.run(OperatorApplication.class, args);
    }
}
