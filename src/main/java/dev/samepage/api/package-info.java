/**
 * The language of the project: {@link dev.samepage.api.KsmPolicy}, which people write, {@link dev.samepage.api.KsmNode},
 * through which operator and agent talk, and the records that both are made of.
 *
 * <p>The records are lenient where they are read (an unknown field is ignored, an unknown enum constant becomes null) and
 * normalised once, in their compact constructors: a single object that cannot be read would stop every other one from being
 * read too. The schema in {@code crds/}, generated from them, is strict.
 */
@NullMarked
package dev.samepage.api;

import org.jspecify.annotations.NullMarked;
