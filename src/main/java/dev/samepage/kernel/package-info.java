/**
 * What the kernel offers for samepage merging (KSM): its files, ksmd, the processes whose memory it merges, the memory of the host, and
 * giving merged memory back. Depends on nothing but the JDK. Nothing here decides; it reads, checks, writes and says what came back.
 */
@NullMarked
package dev.samepage.kernel;

import org.jspecify.annotations.NullMarked;
