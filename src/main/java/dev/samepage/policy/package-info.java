/**
 * Decides, and does nothing else: which policy wins a node ({@link dev.samepage.policy.Election}), what the node is told
 * ({@link dev.samepage.policy.Assignment}) and when its turn is ({@link dev.samepage.policy.Rollout}), and what a policy's status says of it all
 * ({@link dev.samepage.policy.PolicyStatus}). Everything here is a function of what it is given.
 */
@NullMarked
package dev.samepage.policy;

import org.jspecify.annotations.NullMarked;
