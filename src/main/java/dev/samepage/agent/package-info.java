/**
 * What runs on each node: one loop, observe, decide, apply, report. {@link dev.samepage.agent.Decision} decides and touches nothing;
 * {@link dev.samepage.agent.Applier} writes; {@link dev.samepage.agent.Journal} remembers how the node was found.
 */
@NullMarked
package dev.samepage.agent;

import org.jspecify.annotations.NullMarked;
