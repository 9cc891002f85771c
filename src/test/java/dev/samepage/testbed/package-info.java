/**
 * The real parts that tests and the demo run against: a Kubernetes API server, and guests whose memory the kernel can
 * merge. Nothing here is a stand-in, and nothing but {@link dev.samepage.testbed.RealApiServer} knows of JUnit.
 */
@NullMarked
package dev.samepage.testbed;

import org.jspecify.annotations.NullMarked;
