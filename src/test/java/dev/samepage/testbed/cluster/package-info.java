/**
 * A real Kubernetes cluster of one node, for the tests that need a kubelet and containers. {@link
 * dev.samepage.testbed.cluster.OneNodeCluster} is the whole; an {@code Enclosure} is what its parts run in, and what sees
 * to it that nothing of them is left.
 */
@NullMarked
package dev.samepage.testbed.cluster;

import org.jspecify.annotations.NullMarked;
