package dev.samepage.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.api.KsmNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.TrustManager;

/**
 * A way to the API server for years: every request ends after 10 s, each is one request and not a series of them (whoever asks decides
 * when to ask again), a token that is replaced in its file is read again at the latest after a minute or when it is refused, and so
 * is a CA that is replaced in its file.
 *
 * @param retryAfter until when the API server asked to be left alone
 */
public record ApiConnection(KubernetesClient client, RetryAfter retryAfter) implements AutoCloseable {
    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;

    /**
     * A client that is no larger than a watch on one kind, and a patch now and then, need. Beside KsmNode, which it would otherwise hold
     * three times over while it reads it, it knows the kind Status, which ends a watch that has missed too much; unknown, that would be
     * taken for noise. What others may write to an object without limit is not kept.
     */
    public static ApiConnection to(Config config) {
        var serialization =
                new KubernetesSerialization(new ObjectMapper().addMixIn(ObjectMeta.class, LeanMeta.class), false);
        serialization.registerKubernetesResource("v1", "Status", Status.class);
        serialization.registerKubernetesResource(KsmNode.class);
        var retryAfter = new RetryAfter(System::nanoTime);
        Config ours = new ConfigBuilder(config)
                .withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
                .withConnectionTimeout(REQUEST_TIMEOUT_MILLIS)
                // The client would try again by itself, all agents at the same time, and not as the API server asks.
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectLimit(0)
                // They cost memory and time at the start.
                .withHttp2Disable(true)
                .withOnlyHttpWatches(true)
                .build();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(ours)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withHttpClientBuilderConsumer(http -> {
                    http.addOrReplaceInterceptor(RetryAfter.NAME, retryAfter);
                    // It would write every header to the log, and one of them is the token.
                    http.addOrReplaceInterceptor("HttpLogging", null);
                    trust(ours, http);
                })
                .withKubernetesSerialization(serialization)
                .build();
        return new ApiConnection(client, retryAfter);
    }

    private static void trust(Config config, HttpClient.Builder http) {
        try {
            TrustManager[] authority = TrustedAuthority.of(config);
            if (authority != null) {
                http.sslContext(SSLUtils.keyManagers(config), authority);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw KubernetesClientException.launderThrowable(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** Of an object's metadata, what an agent has no use for. */
    @JsonIgnoreProperties({"annotations", "finalizers", "labels", "managedFields", "ownerReferences"})
    private interface LeanMeta {}
}
