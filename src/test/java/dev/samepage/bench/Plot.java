package dev.samepage.bench;

import dev.samepage.measure.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tuners of one scenario as a picture (SVG): the saving over time, and under it the CPU time that ksmd has used by then. Readable on a
 * light and on a dark page. Of several runs, each point is the median.
 */
final class Plot {
    private static final double MEBIBYTE = 1 << 20;
    private static final int WIDTH = 860;
    private static final int HEIGHT = 580;
    private static final int LEFT = 70;
    private static final int RIGHT = 840;
    private static final int POINTS = 300;
    private static final List<Integer> STEPS = List.of(1, 2, 5);

    private static final String STYLE = """
            <style>
            .page{fill:#ffffff} text{fill:#24292f;font:13px system-ui,sans-serif} .title{font-size:15px;font-weight:600} .about{font-size:12px}
            .grid{stroke:#d0d7de;stroke-width:1} .line{fill:none;stroke-width:2;stroke-linejoin:round}
            .ideal{stroke:#6e7781;stroke-dasharray:6 4} .c0{stroke:#cf222e} .c1{stroke:#bc6c00} .c2{stroke:#8250df}
            .c3{stroke:#0969da} .c4{stroke:#57606a} .c5{stroke:#1a7f37}
            @media (prefers-color-scheme:dark){
            .page{fill:#0d1117} text{fill:#e6edf3} .grid{stroke:#30363d} .ideal{stroke:#8b949e} .c0{stroke:#ff7b72}
            .c1{stroke:#ffa657} .c2{stroke:#d2a8ff} .c3{stroke:#79c0ff} .c4{stroke:#8b949e} .c5{stroke:#56d364}}
            </style>
            """;

    private static final int COLOURS = 6;

    /** One of the two pictures: where it is, and what its axis means. */
    private record Panel(int top, int bottom, double largest, String title) {
        double y(double value) {
            return bottom - (bottom - top) * value / largest;
        }
    }

    /** A tuner over time: its runs, sample by sample. */
    private record Line(String name, String style, List<Double> seconds, List<Double> values) {}

    private final String title;
    private final String about;
    private final List<TrialResult> results;
    private final double seconds;

    /**
     * A picture.
     *
     * @param about a line under the title
     * @param results of one scenario, at least one
     */
    Plot(String title, String about, List<TrialResult> results) {
        this.title = title;
        this.about = about;
        this.results = results;
        this.seconds = results.stream()
                .mapToDouble(result -> result.samples().getLast().seconds())
                .max()
                .orElseThrow();
    }

    /** With a line for each of the tuners that has results; its place among them gives it its colour. */
    String svg(List<String> tuners) {
        List<Line> saving = lines(tuners, sample -> sample.seen().savedBytes() / MEBIBYTE);
        saving.addFirst(line("ideal", "ideal", results, sample -> sample.idealBytes() / MEBIBYTE));
        List<Line> cpu = lines(tuners, sample -> sample.seen().ksmdCpuSeconds());
        var svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
                """.formatted(WIDTH, HEIGHT, escaped(title)));
        svg.append(STYLE)
                .append("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n".formatted(WIDTH, HEIGHT))
                .append(text(LEFT, 24, "title", "start", title))
                .append(text(LEFT, 44, "about", "start", about));
        legend(svg, saving);
        panel(svg, new Panel(110, 310, round(largest(saving)), "saved, MiB (by KSM's counters)"), saving);
        panel(svg, new Panel(360, 520, round(largest(cpu)), "CPU time of ksmd, s"), cpu);
        return svg.append(text((LEFT + RIGHT) / 2.0, HEIGHT - 12, "", "middle", "seconds"))
                .append("</svg>\n")
                .toString();
    }

    private List<Line> lines(List<String> tuners, ToDoubleFunction<Sample> value) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < tuners.size(); i++) {
            String tuner = tuners.get(i);
            List<TrialResult> runs = results.stream()
                    .filter(result -> result.tuner().equals(tuner))
                    .toList();
            if (!runs.isEmpty()) {
                lines.add(line(tuner, "c" + i % COLOURS, runs, value));
            }
        }
        return lines;
    }

    private static Line line(String name, String style, List<TrialResult> runs, ToDoubleFunction<Sample> value) {
        int samples =
                runs.stream().mapToInt(result -> result.samples().size()).min().orElseThrow();
        int step = Math.ceilDiv(samples, POINTS);
        List<Integer> shown = new ArrayList<>(IntStream.iterate(0, i -> i < samples - 1, i -> i + step)
                .boxed()
                .toList());
        shown.add(samples - 1);
        return new Line(
                name,
                style,
                shown.stream().map(i -> median(runs, i, Sample::seconds)).toList(),
                shown.stream().map(i -> median(runs, i, value)).toList());
    }

    private static double median(List<TrialResult> runs, int sample, ToDoubleFunction<Sample> value) {
        return new Spread(runs.stream()
                        .map(result -> value.applyAsDouble(result.samples().get(sample)))
                        .toList())
                .median();
    }

    private static double largest(List<Line> lines) {
        return lines.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    /** The next larger multiple of a step of the axis. */
    private static double round(double largest) {
        double step = step(largest);
        return Math.max(step, Math.ceil(largest / step) * step);
    }

    /** 1, 2 or 5 times a power of ten, so that there are at most six steps. */
    private static double step(double largest) {
        for (double power = 0.01; true; power *= 10) {
            for (int step : STEPS) {
                if (step * power * 6 >= largest) {
                    return step * power;
                }
            }
        }
    }

    private static void legend(StringBuilder svg, List<Line> lines) {
        double x = LEFT;
        for (Line line : lines) {
            svg.append("<line class=\"line %s\" x1=\"%.0f\" y1=\"64\" x2=\"%.0f\" y2=\"64\"/>\n"
                            .formatted(line.style(), x, x + 24))
                    .append(text(x + 30, 68, "", "start", line.name()));
            x += 50 + 8 * line.name().length();
        }
    }

    private void panel(StringBuilder svg, Panel panel, List<Line> lines) {
        svg.append(text(LEFT, panel.top() - 12, "", "start", panel.title()));
        double step = step(panel.largest());
        for (int i = 0; i * step <= panel.largest() * 1.001; i++) {
            double y = panel.y(i * step);
            svg.append(grid(LEFT, y, RIGHT, y)).append(text(LEFT - 8, y + 4, "", "end", number(i * step)));
        }
        double seconds = step(this.seconds);
        for (int i = 0; i * seconds <= this.seconds * 1.001; i++) {
            double x = x(i * seconds);
            svg.append(grid(x, panel.top(), x, panel.bottom()))
                    .append(text(x, panel.bottom() + 18, "", "middle", number(i * seconds)));
        }
        for (Line line : lines) {
            String points = IntStream.range(0, line.values().size())
                    .mapToObj(i -> String.format(
                            Locale.ROOT,
                            "%.1f,%.1f",
                            x(line.seconds().get(i)),
                            panel.y(line.values().get(i))))
                    .collect(Collectors.joining(" "));
            svg.append("<polyline class=\"line %s\" points=\"%s\"/>\n".formatted(line.style(), points));
        }
    }

    private double x(double second) {
        return LEFT + (RIGHT - LEFT) * second / seconds;
    }

    private static String grid(double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(double x, double y, String style, String anchor, String text) {
        return String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                style,
                x,
                y,
                anchor,
                escaped(text));
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
