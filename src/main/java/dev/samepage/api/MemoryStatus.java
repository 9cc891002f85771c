package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What merging saves. The short forms are for people and rounded down; the fields in bytes are exact. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MemoryStatus(
        @JsonPropertyDescription("Memory saved, rounded down: (pagesSharing + zeroPages) x page size.")
        String saved,

        @JsonPropertyDescription("Memory saved, in bytes.") Long savedBytes,

        @JsonPropertyDescription("saved less what the kernel needs to keep track of it; negative where KSM is a loss.")
        String profit,

        @JsonPropertyDescription("The profit in bytes; negative where KSM is a loss.")
        Long profitBytes,

        @JsonPropertyDescription("Memory of the node, in bytes. Only in KsmNode.") @Nullable
        Long totalBytes,

        @JsonPropertyDescription("Memory that programs could still get (MemAvailable), in bytes. Only in KsmNode.")
        @Nullable
        Long availableBytes) {

    private static final long KIBIBYTE = 1024;
    private static final long MEBIBYTE = 1024 * KIBIBYTE;

    /** The figures with their short forms. {@code totalBytes} and {@code availableBytes} are null where they mean nothing. */
    public static MemoryStatus of(
            long savedBytes, long profitBytes, @Nullable Long totalBytes, @Nullable Long availableBytes) {
        return new MemoryStatus(
                shortForm(savedBytes), savedBytes, shortForm(profitBytes), profitBytes, totalBytes, availableBytes);
    }

    /** Whole mebibytes ({@code 553Mi}), under one of them whole kibibytes ({@code 812Ki}), or 0; rounded down. */
    static String shortForm(long bytes) {
        if (bytes == 0) {
            return "0";
        }
        if (Math.abs(bytes) < MEBIBYTE) {
            long kibibytes = Math.floorDiv(bytes, KIBIBYTE);
            return kibibytes == 0 ? "0" : kibibytes + "Ki";
        }
        return Math.floorDiv(bytes, MEBIBYTE) + "Mi";
    }
}
