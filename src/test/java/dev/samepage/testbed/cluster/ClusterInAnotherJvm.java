package dev.samepage.testbed.cluster;

import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;

/** Starts a cluster with one pod, says its kubeconfig and the process id of the pod's container, and waits to be killed. */
final class ClusterInAnotherJvm {
    private ClusterInAnotherJvm() {}

    public static void main(String... arguments) throws UnavailableException, InterruptedException {
        OneNodeCluster cluster = OneNodeCluster.start(System.err::println);
        var guest = new GuestPod(cluster, "guest", GuestMemory.of(1, 0).options());
        guest.create();
        System.out.println(cluster.kubeconfig());
        System.out.println(guest.processId());
        Thread.sleep(Duration.ofHours(1));
    }
}
