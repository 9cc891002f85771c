package dev.samepage.testbed;

import dev.samepage.testbed.AuditLog.Request;
import java.net.HttpURLConnection;

/**
 * One thing that a rule of RBAC allows.
 *
 * @param verb Kubernetes's: get, list, watch, create, update, patch, delete, deletecollection
 * @param group API group, empty for the core group
 * @param resource plural name such as nodes
 * @param subresource such as status, empty for the resource itself
 * @param namespace the only one where it is allowed; empty where it is allowed in the whole cluster
 * @param name the only object that it is allowed on; empty for any
 */
public record Right(String verb, String group, String resource, String subresource, String namespace, String name) {

    /** Whether the API server needed this right, and found it, for this request of its holder. */
    boolean isUsedBy(Request request) {
        return !request.isForbidden()
                && needs(request)
                && group.equals(request.group())
                && resource.equals(request.resource())
                && subresource.equals(request.subresource())
                && (namespace.isEmpty() || namespace.equals(request.namespace()))
                && (name.isEmpty() || name.equals(request.name()));
    }

    /** A patch or an update that makes the object needs, and is recorded without, the right to create it. */
    private boolean needs(Request request) {
        return verb.equals(request.verb())
                || (verb.equals("create") && request.isWrite() && request.code() == HttpURLConnection.HTTP_CREATED);
    }

    /** As in {@code patch ksmnodes.ksm.samepage.dev/status}. */
    @Override
    public String toString() {
        return verb + " " + resource
                + (group.isEmpty() ? "" : "." + group)
                + (subresource.isEmpty() ? "" : "/" + subresource)
                + (name.isEmpty() ? "" : " " + name)
                + (namespace.isEmpty() ? "" : " in " + namespace);
    }
}
