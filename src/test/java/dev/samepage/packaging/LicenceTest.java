package dev.samepage.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LicenceTest {
    /** As POMs have them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Apache License, Version 2.0 https://www.apache.org/licenses/LICENSE-2.0.txt | Apache-2.0",
                "The Apache Software License, version 2.0 http://www.apache.org/licenses/LICENSE-2.0.txt | Apache-2.0",
                "Apache 2 License https://www.apache.org/licenses/LICENSE-2.0.html | Apache-2.0",
                "Apache-2.0 https://www.apache.org/licenses/LICENSE-2.0.txt | Apache-2.0",
                "Apache License 2.0 https://repository.jboss.org/licenses/apache-2.0.txt | Apache-2.0",
                "MIT https://opensource.org/license/mit | MIT",
                "EPL 2.0 http://www.eclipse.org/legal/epl-2.0 | EPL-2.0",
                "Eclipse Public License - v 1.0 http://www.eclipse.org/legal/epl-v10.html | EPL-1.0",
                "Eclipse Public License - v 2.0 http://www.eclipse.org/legal/epl-v20.html | EPL-2.0",
                "EDL 1.0 http://www.eclipse.org/org/documents/edl-v10.php | BSD-3-Clause",
                "GPL2 w/ CPE https://www.gnu.org/software/classpath/license.html | GPL-2.0-only WITH Classpath-exception-2.0",
                "Public Domain, per Creative Commons CC0 http://creativecommons.org/publicdomain/zero/1.0/ | CC0-1.0",
            })
    void isKnownByItsWordsInAPom(String words, String spdx) {
        assertThat(Licence.named(words).map(Licence::spdx)).hasValue(spdx);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GNU Affero General Public License v3.0 https://www.gnu.org/licenses/agpl-3.0.html",
                "GNU General Public License, version 2 https://www.gnu.org/licenses/gpl-2.0.html",
                "Business Source License 1.1 https://mariadb.com/bsl11/",
                "Server Side Public License https://www.mongodb.com/licensing/server-side-public-license"
            })
    void isUnknownUntilSomebodyHasReadIt(String words) {
        assertThat(Licence.named(words)).isEmpty();
    }

    @Test
    void everyNameIsOfSpdx() {
        assertThat(Licence.values())
                .extracting(Licence::spdx)
                .allMatch(spdx -> spdx.matches("[A-Za-z0-9.-]+( WITH [A-Za-z0-9.-]+)?"));
    }
}
