package dev.samepage.agent;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashSet;
import java.util.Set;

/**
 * What fails again and again, so that it is said once: when it begins, and when it fails in a way in which it has not failed since. For use by
 * several threads.
 */
final class Trouble {
    private final Set<String> known = new HashSet<>();

    /**
     * It has failed.
     *
     * @param how in which way: one of a few, and no message with a time or a port in it
     * @return whether that is to be said
     */
    synchronized boolean isNew(String how) {
        return known.add(how);
    }

    /** The same of a request: what the API server answered, or what kept it from answering. */
    boolean isNew(Throwable how) {
        return isNew(
                how instanceof KubernetesClientException refused && refused.getCode() > 0
                        ? "HTTP " + refused.getCode()
                        : how.getClass().getName());
    }

    /** It works; gives whether it did not before. */
    synchronized boolean over() {
        boolean was = !known.isEmpty();
        known.clear();
        return was;
    }
}
