@NullMarked
package dev.samepage.policy;

import org.jspecify.annotations.NullMarked;
