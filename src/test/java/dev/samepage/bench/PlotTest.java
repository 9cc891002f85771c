package dev.samepage.bench;

import static dev.samepage.bench.Recorded.result;
import static dev.samepage.bench.Recorded.sample;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlotTest {
    private static final List<String> TUNERS = List.of("ksmtuned", "brute");

    @Test
    void hasALineForTheIdealAndTwoForEachTuner() throws Exception {
        Document svg = svg(
                "arrivals",
                result("ksmtuned", 1, sample(0, 100, 0, 0), sample(10, 100, 50, 1)),
                result("brute", 1, sample(0, 100, 0, 0), sample(10, 100, 100, 5)));

        assertThat(lines(svg))
                .extracting(line -> line.getAttribute("class"))
                .containsExactly("line ideal", "line c0", "line c1", "line c0", "line c1");
    }

    @Test
    void aTunerKeepsItsColourWhereAnotherIsMissing() throws Exception {
        Document svg = svg("arrivals", result("brute", 1, sample(0, 100, 0, 0), sample(10, 100, 100, 5)));

        assertThat(lines(svg))
                .extracting(line -> line.getAttribute("class"))
                .containsExactly("line ideal", "line c1", "line c1");
    }

    @Test
    void timeGoesToTheRightAndSavingsGoUp() throws Exception {
        Document svg = svg("arrivals", result("brute", 1, sample(0, 100, 0, 0), sample(10, 100, 50, 5)));

        assertThat(lines(svg))
                .extracting(line -> line.getAttribute("points"))
                .containsExactly("70.0,110.0 840.0,110.0", "70.0,310.0 840.0,210.0", "70.0,520.0 840.0,360.0");
    }

    @Test
    void eachPointIsTheMedianOfTheRuns() throws Exception {
        Document svg = svg(
                "arrivals",
                result("brute", 1, sample(0, 100, 0, 0), sample(10, 100, 10, 5)),
                result("brute", 2, sample(0, 100, 0, 0), sample(10, 100, 50, 5)),
                result("brute", 3, sample(0, 100, 0, 0), sample(10, 100, 100, 5)));

        assertThat(lines(svg).get(1).getAttribute("points")).isEqualTo("70.0,310.0 840.0,210.0");
    }

    @Test
    void aLongRunIsThinnedOutAndKeepsItsEnd() throws Exception {
        Sample[] samples = IntStream.rangeClosed(0, 1800)
                .mapToObj(i -> sample(i / 2.0, 100, 50, 0))
                .toArray(Sample[]::new);

        Document svg = svg("arrivals", result("brute", 1, samples));

        assertThat(lines(svg).get(1).getAttribute("points").split(" "))
                .hasSizeBetween(200, 310)
                .endsWith("840.0,210.0");
    }

    @Test
    void nothingSavedAndNoTimeUsedIsAPictureToo() throws Exception {
        Document svg = svg("idle", result("brute", 1, sample(0, 0, 0, 0), sample(10, 0, 0, 0)));

        assertThat(lines(svg))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.getAttribute("points")).doesNotContain("NaN"));
    }

    @Test
    void theTitleMayContainAnything() throws Exception {
        Document svg = svg("a < b & \"c\"", result("brute", 1, sample(0, 100, 0, 0), sample(10, 100, 50, 5)));

        assertThat(svg.getDocumentElement().getAttribute("aria-label")).isEqualTo("a < b & \"c\"");
    }

    @Test
    void hasColoursForADarkPage() {
        assertThat(new Plot("idle", "ten guests", List.of(result("brute", 1, sample(1, 0, 0, 0)))).svg(TUNERS))
                .contains("@media (prefers-color-scheme:dark)");
    }

    private static Document svg(String title, TrialResult... results) throws Exception {
        String text = new Plot(title, "ten guests", List.of(results)).svg(TUNERS);
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> lines(Document svg) {
        NodeList lines = svg.getElementsByTagName("polyline");
        return IntStream.range(0, lines.getLength())
                .mapToObj(i -> (Element) lines.item(i))
                .toList();
    }
}
