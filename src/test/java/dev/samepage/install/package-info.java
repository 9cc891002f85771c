/** What an administrator installs: manifests/, charts/ and the guide that goes with them. */
@NullMarked
package dev.samepage.install;

import org.jspecify.annotations.NullMarked;
