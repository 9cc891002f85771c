package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;

/** The rate of {@link Mode#FIXED}: ksmd looks at so many pages, sleeps so long, and begins again. */
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "self.pagesToScan > 0",
        message = "pagesToScan: 0 scans nothing, and together with sleepMillis: 0 keeps a core busy with it; "
                + "write 1 to 100000, or mode: Stopped to scan nothing",
        fieldPath = ".pagesToScan")
public record Fixed(
        @JsonPropertyDescription(
                "Pages that ksmd looks at before it sleeps (pages_to_scan), 1 to 100000. A batch is not interrupted: "
                        + "20000 pages take 10 to 100 ms.")
        @Required
        @Min(0)
        @Max(100_000)
        Integer pagesToScan,

        @JsonPropertyDescription(
                "Milliseconds that ksmd sleeps between batches (sleep_millisecs), 0 to 60000. With 0 ksmd uses a whole "
                        + "core for as long as there are pages to look at.")
        @Default("20")
        @Min(0)
        @Max(60_000)
        Integer sleepMillis) {

    public Fixed {
        pagesToScan = Objects.requireNonNullElse(pagesToScan, 100);
        sleepMillis = Objects.requireNonNullElse(sleepMillis, 20);
    }
}
