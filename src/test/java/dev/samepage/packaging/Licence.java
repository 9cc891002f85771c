package dev.samepage.packaging;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** The licences that a part of the image may have. Under another one nothing is built until a person has read it and added it here. */
enum Licence {
    APACHE_2_0("Apache-2.0", "apache\\W.*\\b2\\b"),
    MIT("MIT", "^(The )?MIT( |$)"),
    BSD_2_CLAUSE("BSD-2-Clause", "BSD-2-Clause"),
    /** The Eclipse Distribution License 1.0 is the same text. */
    BSD_3_CLAUSE("BSD-3-Clause", "BSD-3-Clause|/edl-v10"),
    CC0_1_0("CC0-1.0", "publicdomain/zero/1\\.0"),
    EPL_1_0("EPL-1.0", "/epl-v10|EPL-1\\.0"),
    EPL_2_0("EPL-2.0", "/epl-(v20|2\\.0)"),
    GPL_2_0_WITH_CLASSPATH_EXCEPTION(
            "GPL-2.0-only WITH Classpath-exception-2.0", "GPL2 w/ CPE|version 2 with the GNU Classpath Exception"),
    LGPL_2_1_OR_LATER("LGPL-2.1-or-later", "LGPL-2\\.1-or-later");

    private final String spdx;
    private final Pattern words;

    Licence(String spdx, String words) {
        this.spdx = spdx;
        this.words = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
    }

    /** Its name in the list of SPDX, or the expression that stands for it. */
    String spdx() {
        return spdx;
    }

    /** Whether {@link #spdx} is an expression and no name. */
    boolean isExpression() {
        return spdx.contains(" ");
    }

    /**
     * The licence that a POM speaks of.
     *
     * @param nameAndUrl as the POM has them, with a space between
     */
    static Optional<Licence> named(String nameAndUrl) {
        return Arrays.stream(values())
                .filter(licence -> licence.words.matcher(nameAndUrl).find())
                .findFirst();
    }
}
