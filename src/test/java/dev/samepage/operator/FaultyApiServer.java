package dev.samepage.operator;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for the API server that refuses what it is told to refuse. It has no schema and no defaults, and an apply is a create
 * or a merge: good enough to see what the operator does about an error, which a real server cannot be made to answer.
 */
final class FaultyApiServer implements AutoCloseable {
    private final KubernetesMockServer server;
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    private final List<String> writes = new CopyOnWriteArrayList<>();

    /** The answer to one request. */
    private record Fault(String method, String path, int code) {}

    FaultyApiServer() {
        server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), new Dispatcher(), false);
        server.init();
    }

    /** Answers the next request of this method and path with an error, once. */
    void refuse(String method, String path, int code) {
        faults.add(new Fault(method, path, code));
    }

    /** Whether every refusal has been given. */
    boolean hasRefused() {
        return faults.isEmpty();
    }

    /** Method and path of each patch, creation and deletion so far, refused or not. */
    List<String> writes() {
        return List.copyOf(writes);
    }

    KubernetesClient client() {
        return server.createClient(new JdkHttpClientFactory());
    }

    @Override
    public void close() {
        server.destroy();
    }

    private final class Dispatcher extends KubernetesCrudDispatcher {
        Dispatcher() {
            super(List.of(
                    CustomResourceDefinitionContext.fromCustomResourceType(KsmPolicy.class),
                    CustomResourceDefinitionContext.fromCustomResourceType(KsmNode.class)));
        }

        @Override
        public MockResponse handlePatch(RecordedRequest request) {
            String path = request.getPath().replaceFirst("[?].*", "");
            var refusal = refusal("PATCH", path);
            if (refusal != null) {
                return refusal;
            }
            if (handleGet(path).code() == 404) {
                String collection = path.substring(0, path.lastIndexOf('/'));
                return handleCreate(as(HttpMethod.POST, collection, "application/json", request));
            }
            return super.handlePatch(as(HttpMethod.PATCH, path, "application/merge-patch+json", request));
        }

        @Override
        public MockResponse handleCreate(RecordedRequest request) {
            var refusal = refusal("POST", request.getPath());
            return refusal != null ? refusal : super.handleCreate(request);
        }

        @Override
        public MockResponse handleDelete(String path) {
            var refusal = refusal("DELETE", path);
            return refusal != null ? refusal : super.handleDelete(path);
        }

        private @Nullable MockResponse refusal(String method, String path) {
            writes.add(method + " " + path);
            Fault next = faults.peek();
            if (next == null || !next.method().equals(method) || !path.endsWith(next.path())) {
                return null;
            }
            faults.remove(next);
            return new MockResponse().setResponseCode(next.code()).setBody("{}");
        }

        private static RecordedRequest as(HttpMethod method, String path, String type, RecordedRequest request) {
            Headers headers = Headers.builder().add("Content-Type", type).build();
            return new RecordedRequest("HTTP/1.1", method, path, headers, request.getBody());
        }
    }
}
