/**
 * The operator: three reconcilers that carry out what {@code policy} decides. {@link dev.samepage.operator.NodeReconciler} tells
 * every node what it is to do, {@link dev.samepage.operator.PolicyReconciler} writes the policies' statuses, and
 * {@link dev.samepage.operator.AgentReconciler} keeps the agent's DaemonSet. {@link dev.samepage.operator.OperatorApplication}
 * runs them.
 */
@NullMarked
package dev.samepage.operator;

import org.jspecify.annotations.NullMarked;
