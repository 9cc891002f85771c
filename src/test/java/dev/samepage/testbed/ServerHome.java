package dev.samepage.testbed;

import io.fabric8.kubeapitest.Utils;
import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The directory of one running API server: programs, certificates, logs. Deleted as a whole.
 *
 * <p>kube-api-test finds its programs there. What it finds are short scripts that start the real ones with what it has no
 * setting for: loopback addresses only, a session of their own (Ctrl-C in a terminal reaches the JVM, which still needs
 * the server to clean up), a log file, and an end when the JVM is gone without having stopped them.
 */
record ServerHome(Path root) {
    static ServerHome create(ServerBinaries binaries) throws IOException {
        var home = new ServerHome(Files.createTempDirectory("samepage-apiserver-"));
        Path programs = Files.createDirectories(
                home.root.resolve("k8s").resolve(binaries.version() + Utils.platformSuffix(new OSInfo())));
        for (String name : ServerBinaries.NAMES) {
            Path program = binaries.program(name).toRealPath();
            Path file = programs.resolve(name);
            Files.writeString(file, name.equals("kubectl") ? home.command(program) : home.daemon(program, name));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        Files.writeString(home.auditPolicy(), AuditLog.POLICY);
        return home;
    }

    private String daemon(Path program, String name) {
        boolean etcd = name.equals("etcd");
        // What etcd stores is gone with the server: nothing has to survive a power cut.
        String more = etcd ? "--unsafe-no-fsync" : "";
        // kube-api-test gives -data-dir and -wal-dir first.
        String data = etcd ? "\"$2\" \"$4\"" : "";
        return """
                #!/bin/sh
                exec 3<&0
                (
                  trap '' HUP INT TERM
                  cat <&3 >/dev/null
                  if [ "$(readlink /proc/$$/exe)" = '%2$s' ]; then kill -9 $$; rm -rf '%1$s' %5$s; fi
                ) >/dev/null 2>&1 &
                for word in "$@"; do
                  shift
                  case $word in http://0.0.0.0:*) word=http://127.0.0.1:${word##*:} ;; esac
                  set -- "$@" "$word"
                done
                exec setsid '%2$s' "$@" %3$s </dev/null 3<&- >>'%1$s/%4$s.log' 2>&1
                """.formatted(root, program, more, name, data);
    }

    /** The user's own ~/.kube is neither read nor written. */
    private String command(Path program) {
        return """
                #!/bin/sh
                export KUBECACHEDIR='%s/kubectl-cache' KUBERC=off
                exec '%s' "$@"
                """.formatted(root, program);
    }

    Path kubectl(String version) {
        return root.resolve("k8s", version + Utils.platformSuffix(new OSInfo()), "kubectl");
    }

    Path kubeconfig() {
        return root.resolve("kubeconfig");
    }

    Path auditLog() {
        return root.resolve("audit.log");
    }

    Path auditPolicy() {
        return root.resolve("audit-policy.yaml");
    }

    /** The last lines of both programs' logs, for a person to read. */
    String lastWords() {
        return LogFile.lastWords(Stream.of("etcd", "kube-apiserver")
                .map(name -> new LogFile(name, root.resolve(name + ".log")))
                .toList());
    }
}
