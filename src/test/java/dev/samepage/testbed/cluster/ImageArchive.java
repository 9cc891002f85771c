package dev.samepage.testbed.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An image that holds one static program and nothing else, as a file that {@code ctr images import} reads.
 *
 * @param name the image's name and tag
 * @param program the executable
 */
record ImageArchive(String name, Path program) {
    private static final int BLOCK = 512;
    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;

    /** Writes the file, in the form of {@code docker save}: manifest, configuration, and one layer. */
    void write(Path file) throws IOException {
        String command = program.getFileName().toString();
        var layer = new ByteArrayOutputStream();
        entry(layer, command, EXECUTABLE, Files.readAllBytes(program));
        end(layer);
        byte[] config = """
                {"architecture": "%s", "os": "linux", "config": {"Entrypoint": ["/%s"]},
                 "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
                """.formatted(architecture(), command, sha256(layer.toByteArray()))
                .getBytes(StandardCharsets.UTF_8);
        String configFile = sha256(config) + ".json";
        byte[] manifest = """
                [{"Config": "%s", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]
                """.formatted(configFile, name).getBytes(StandardCharsets.UTF_8);
        try (OutputStream image = Files.newOutputStream(file)) {
            entry(image, "manifest.json", READABLE, manifest);
            entry(image, configFile, READABLE, config);
            entry(image, "layer.tar", READABLE, layer.toByteArray());
            end(image);
        }
    }

    /** Go's name for it, which images use. */
    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : System.getProperty("os.arch");
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A regular file of root's in the POSIX format (ustar): a header of one block, then whole blocks. */
    private static void entry(OutputStream tar, String name, int mode, byte[] content) throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "%07o".formatted(0));
        put(header, 116, "%07o".formatted(0));
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "%011o".formatted(0));
        put(header, 156, "0");
        put(header, 257, "ustar\0" + "00");
        // The checksum counts itself as spaces.
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : header) {
            sum += each;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        tar.write(header);
        tar.write(content);
        tar.write(new byte[Math.floorMod(-content.length, BLOCK)]);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    private static void end(OutputStream tar) throws IOException {
        tar.write(new byte[2 * BLOCK]);
    }
}
