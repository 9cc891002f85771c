package dev.samepage.operator;

import io.fabric8.kubernetes.client.Config;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.jspecify.annotations.Nullable;

/**
 * Whether the cluster's CA is still the one that this operator was started with. The client trusts that one and no other: an operator
 * whose CA has been replaced asks to be started anew, before the API server has a certificate that it does not trust.
 */
@Liveness
@Singleton
public class AuthorityCheck implements HealthCheck {
    private final @Nullable Path file;
    private final byte @Nullable [] trusted;

    /** Looks at the file that {@code config} names, if it names one. */
    public AuthorityCheck(Config config) {
        String named = config.getCaCertFile();
        file = named == null || named.isEmpty() ? null : Path.of(named);
        trusted = content(file);
    }

    @Override
    public HealthCheckResponse call() {
        byte[] now = content(file);
        // One that cannot be read says nothing about whom the API server will be.
        boolean replaced = trusted != null && now != null && !Arrays.equals(trusted, now);
        return HealthCheckResponse.named("The cluster's CA is the one that this operator was started with")
                .status(!replaced)
                .build();
    }

    private static byte @Nullable [] content(@Nullable Path file) {
        try {
            return file == null ? null : Files.readAllBytes(file);
        } catch (IOException e) {
            return null;
        }
    }
}
