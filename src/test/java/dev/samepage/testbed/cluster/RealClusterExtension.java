package dev.samepage.testbed.cluster;

import dev.samepage.testbed.RealPart;

/** One cluster for all test classes. */
final class RealClusterExtension extends RealPart<OneNodeCluster> {
    RealClusterExtension() {
        super(OneNodeCluster.class, OneNodeCluster::start, OneNodeCluster::close);
    }
}
