/**
 * What a newcomer sees first, {@code ./mvnw -Pdemo}: {@link dev.samepage.demo.Demo} is its script. Samepage runs there as it is packaged,
 * against a real API server and this machine's KSM, or where that cannot be had a simulated one.
 */
@NullMarked
package dev.samepage.demo;

import org.jspecify.annotations.NullMarked;
