package dev.samepage.packaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.testbed.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An image's tar, unpacked: {@code manifest.json} names the configuration, the tags and the layers from below to above.
 *
 * @param manifest the one entry of {@code manifest.json}
 * @param config what a container is started with, and the layers' digests
 * @param root the file system that the layers make
 */
record UnpackedImage(JsonNode manifest, JsonNode config, Path root) {
    /** As root only; otherwise the files' owners and /proc are not those of a container. */
    static UnpackedImage of(Path tar, Path directory) throws IOException {
        Path parts = Files.createDirectory(directory.resolve("parts"));
        Path root = Files.createDirectory(directory.resolve("root"));
        succeed("tar", "--extract", "--file=" + tar, "--directory=" + parts);
        ObjectMapper json = new ObjectMapper();
        JsonNode manifest =
                json.readTree(parts.resolve("manifest.json").toFile()).get(0);
        JsonNode config =
                json.readTree(parts.resolve(manifest.get("Config").asText()).toFile());
        for (JsonNode layer : manifest.get("Layers")) {
            succeed(
                    "tar",
                    "--extract",
                    "--gzip",
                    "--preserve-permissions",
                    "--file=" + parts.resolve(layer.asText()),
                    "--directory=" + root);
        }
        for (String mountPoint : List.of("proc", "dev")) {
            Files.createDirectories(root.resolve(mountPoint));
        }
        return new UnpackedImage(manifest, config, root);
    }

    /** Runs a command as a container would: the image's file system, of which nothing can be written, its user and its environment. */
    Command.Output run(String... words) {
        return run(Map.of(), words);
    }

    /** The same with more variables in its environment. */
    Command.Output run(Map<String, String> environment, String... words) {
        return command(environment, words).run();
    }

    /** The same with something to read. */
    Command.Output runReading(String stdin, String... words) {
        return command(Map.of(), words).run(stdin);
    }

    private Command command(Map<String, String> environment, String... words) {
        String mountedReadOnly = """
                mount --bind "$1" "$1"
                mount -o remount,bind,ro "$1"
                mount --rbind /proc "$1/proc"
                mount --rbind /dev "$1/dev"
                shift
                exec env --ignore-environment "$@"
                """;
        List<String> command =
                new ArrayList<>(List.of("unshare", "--mount", "sh", "-ec", mountedReadOnly, "sh", root.toString()));
        config.at("/config/Env").forEach(variable -> command.add(variable.asText()));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of(
                "/usr/sbin/chroot", "--userspec=" + config.at("/config/User").asText(), root.toString()));
        command.addAll(List.of(words));
        return new Command(command, Map.of());
    }

    private static void succeed(String... words) throws IOException {
        Command.Output output = Command.of(words).run();
        if (!output.succeeded()) {
            throw new IOException(String.join(" ", words) + ": " + output.stderr());
        }
    }
}
