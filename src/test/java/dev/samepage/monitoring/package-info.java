/** What {@code manifests/monitoring} gives an administrator, held against what agent and operator really expose and against a real Prometheus. */
@NullMarked
package dev.samepage.monitoring;

import org.jspecify.annotations.NullMarked;
