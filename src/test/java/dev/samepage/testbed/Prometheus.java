package dev.samepage.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Prometheus server on a free port of the loopback interface, which scrapes and evaluates its rules every second. It ends with
 * {@link #close}, else with this JVM however that ends.
 *
 * <p>A command put before it and before each query lets it run somewhere else: {@code nsenter --net=…} in a cluster's network, where it
 * reaches pods.
 */
public final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final Duration LONGEST_END = Duration.ofSeconds(20);
    private static final long BEAT_MILLIS = 200;
    private static final int LAST_LINES = 10;

    /** rate() and increase() need two samples; some more make their figures sensible. */
    private static final int SCRAPES = 4;

    private static final String END_WITH_STANDARD_INPUT = """
            exec 3<&0
            (
              trap '' HUP INT TERM
              cat <&3 >/dev/null
              if grep -q prometheus /proc/$$/cmdline; then kill $$; fi
            ) >/dev/null 2>&1 &
            exec setsid "$@" </dev/null 3<&-
            """;

    private final Path directory;
    private final List<String> prefix;
    private final Path promtool;
    private final List<Target> targets;
    private final String address;
    private final Process process;

    private Prometheus(
            Path directory, List<String> prefix, Path promtool, List<Target> targets, String address, Process process) {
        this.directory = directory;
        this.prefix = prefix;
        this.promtool = promtool;
        this.targets = targets;
        this.address = address;
        this.process = process;
    }

    /**
     * What it scrapes.
     *
     * @param job its label job
     * @param address host and port
     * @param path such as /metrics
     * @param labels more labels of all its series
     */
    public record Target(String job, String address, String path, Map<String, String> labels) {
        public Target {
            labels = Map.copyOf(labels);
        }
    }

    /** One series of an answer; without labels where the answer is a mere number. */
    public record Series(Map<String, String> labels, double value) {
        public Series {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * Starts it and waits until it has scraped each target a few times.
     *
     * @param targets of different jobs
     * @param rules a rules file's text
     * @param prefix the words of a command that runs the command which follows, such as {@code nsenter --net=/run/netns/x}; may be empty
     * @throws UnavailableException where Prometheus is not installed
     * @throws IllegalStateException if it does not start, or a target cannot be scraped
     */
    public static Prometheus start(List<Target> targets, String rules, List<String> prefix)
            throws UnavailableException {
        PrometheusPrograms programs = PrometheusPrograms.find();
        try {
            Path directory = Files.createTempDirectory("samepage-prometheus-");
            Files.writeString(directory.resolve("rules.yaml"), rules);
            Files.writeString(directory.resolve("prometheus.yaml"), configuration(targets));
            String address = "127.0.0.1:" + Loopback.freePort();
            List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", END_WITH_STANDARD_INPUT, "sh"));
            words.addAll(prefix);
            words.add(programs.prometheus().toString());
            words.add("--config.file=" + directory.resolve("prometheus.yaml"));
            words.add("--storage.tsdb.path=" + directory.resolve("data"));
            words.add("--web.listen-address=" + address);
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            var prometheus = new Prometheus(
                    directory, List.copyOf(prefix), programs.promtool(), List.copyOf(targets), address, process);
            prometheus.awaitScrapes();
            return prometheus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configuration(List<Target> targets) throws IOException {
        List<Object> jobs = new ArrayList<>();
        for (Target target : targets) {
            jobs.add(Map.of(
                    "job_name",
                    target.job(),
                    "metrics_path",
                    target.path(),
                    "static_configs",
                    List.of(Map.of("targets", List.of(target.address()), "labels", target.labels()))));
        }
        // JSON is YAML.
        return JSON.writeValueAsString(Map.of(
                "global",
                Map.of("scrape_interval", "1s", "scrape_timeout", "1s", "evaluation_interval", "1s"),
                "rule_files",
                List.of("rules.yaml"),
                "scrape_configs",
                jobs));
    }

    /**
     * What an expression gives now; empty where there is no data.
     *
     * @throws IllegalStateException if it is not a valid expression, or the server does not answer
     */
    public List<Series> query(String expression) {
        Command.Output output = ask(expression);
        if (!output.succeeded()) {
            throw new IllegalStateException(
                    "%s: %s%n%s".formatted(expression, output.stderr().strip(), lastWords()));
        }
        try {
            JsonNode answer = JSON.readTree(output.stdout());
            if (answer.path(0).isNumber()) {
                return List.of(new Series(Map.of(), number(answer)));
            }
            List<Series> series = new ArrayList<>();
            for (JsonNode each : answer) {
                Map<String, String> labels = new LinkedHashMap<>();
                each.path("metric")
                        .properties()
                        .forEach(label ->
                                labels.put(label.getKey(), label.getValue().asText()));
                series.add(new Series(labels, number(each.path("value"))));
            }
            return List.copyOf(series);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Command.Output ask(String expression) {
        List<String> words = Stream.concat(
                        prefix.stream(),
                        Stream.of(
                                promtool.toString(),
                                "query",
                                "--format=json",
                                "instant",
                                "http://" + address,
                                expression))
                .toList();
        return new Command(words, Map.of()).run();
    }

    /** As Prometheus writes it: a time and a text, which may be +Inf. */
    private static double number(JsonNode timeAndValue) {
        return switch (timeAndValue.path(1).asText()) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case String text -> Double.parseDouble(text);
        };
    }

    private void awaitScrapes() {
        long start = System.nanoTime();
        while (!hasScrapedEveryTarget()) {
            if (!process.isAlive() || System.nanoTime() - start > LONG_ENOUGH.toNanos()) {
                String words = lastWords();
                String targetsDown =
                        process.isAlive() ? String.valueOf(ask("up == 0").stdout()) : "";
                close();
                throw new IllegalStateException(
                        "Prometheus has not scraped %s. %s%n%s".formatted(targets, targetsDown, words));
            }
            pause();
        }
    }

    private boolean hasScrapedEveryTarget() {
        Command.Output output = ask("count(sum_over_time(up[1m]) >= %d)".formatted(SCRAPES));
        return output.succeeded() && output.stdout().contains("\"" + targets.size() + "\"");
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private @Nullable String lastWords() {
        try {
            List<String> lines = Files.readAllLines(directory.resolve("log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return null;
        }
    }

    /** Ends it and deletes what it has stored. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            new FileTree(directory).delete();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
