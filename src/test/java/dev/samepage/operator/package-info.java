@NullMarked
package dev.samepage.operator;

import org.jspecify.annotations.NullMarked;
