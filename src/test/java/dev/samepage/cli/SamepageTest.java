package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamepageTest {
    @Test
    void noCommandIsWrongUsage() {
        CommandRun run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Missing command: say what to do.").contains("Usage: samepage");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void anUnknownCommandIsWrongUsage() {
        CommandRun run = CommandRun.of("lokal");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'lokal'").contains("local");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agent | Missing required option: '--node=NAME'",
                "agent --node n --listen nowhere | 'nowhere' is not HOST:PORT: write for example 127.0.0.1:9753",
                "agent --node n --listen 127.0.0.1:65536 | '127.0.0.1:65536' is not HOST:PORT",
                "agent --node n --report-every often | 'often' is not a duration: write for example 90s, 5m or 2h",
                "agent --node n --warp 9 | Unknown options: '--warp', '9'",
                "local | Missing required option: '--file=FILE'",
                "local -f | Missing required parameter for option '--file' (FILE)",
                "local -f a.yaml --for ever | 'ever' is not a duration: write for example 90s, 5m or 2h",
                "local -f a.yaml -o xml | 'xml'",
                "restore now | Unmatched argument at index 1: 'now'",
                "local -f a.yaml b.yaml | Unmatched argument at index 3: 'b.yaml'",
                "operator --port many | 'many' is not an int",
            })
    void wrongWordsAreWrongUsage(String words, String said) {
        CommandRun run = CommandRun.of(words.split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(said).contains("Usage: samepage " + words.split(" ", -1)[0]);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"operator --help", "agent --help", "local --help", "restore --help", "help local", "help agent"})
    void everyCommandHasHelp(String words) {
        CommandRun run = CommandRun.of(words.split(" ", -1));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: samepage ").contains("--help");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void helpNamesTheCommandsAndTheExitCodes() {
        CommandRun run = CommandRun.of("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("operator", "agent", "local", "restore")
                .contains("0   done", "1   failed", "2   wrong usage", "3   this host has no KSM");
    }

    @Test
    void helpOfTheHostsCommandsNamesTheirDirectories() {
        assertThat(CommandRun.of("local", "--help").out())
                .contains("--ksm=DIR", "/sys/kernel/mm/ksm", "--proc=DIR", "--state=DIR", "/run/samepage");
    }

    @Test
    void versionIsThatOfTheProject() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).containsPattern("^samepage \\d+\\.\\d+\\.\\d+").contains("Java ");
    }
}
