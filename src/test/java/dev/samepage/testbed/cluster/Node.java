package dev.samepage.testbed.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The node: containerd with runc, and the kubelet. Images come from files only. */
record Node(Daemon containerd, Daemon kubelet, Path containerdSocket) {
    static final String NAME = "node-1";

    /** The kubelet refuses 127.0.0.0/8, but not another address of the loopback device. */
    static final String ADDRESS = "10.90.0.1";

    static final String PAUSE_IMAGE = "pause:testbed";

    /** Pods have addresses of their own and reach the API server through the node; nothing is translated. */
    private static final String PODS = """
            {
              "cniVersion": "1.0.0",
              "name": "pods",
              "plugins": [{
                "type": "bridge",
                "bridge": "cni0",
                "isGateway": true,
                "ipam": {
                  "type": "host-local",
                  "ranges": [[{"subnet": "10.88.0.0/16"}]],
                  "routes": [{"dst": "0.0.0.0/0"}]
                }
              }]
            }
            """;

    private static final String SOCKET = "/run/containerd/containerd.sock";

    /** Writes what the programs need, and starts none of them. */
    static Node prepare(ClusterPrograms programs, Enclosure enclosure, Path kubeconfig) throws IOException {
        Path directory = Files.createDirectory(enclosure.directory().resolve("node"));
        Path network = Files.createDirectory(directory.resolve("network"));
        Path containerdConfig = directory.resolve("containerd.toml");
        Path kubeletConfig = directory.resolve("kubelet.yaml");
        Files.writeString(containerdConfig, containerd(programs.cni(), network));
        Files.writeString(network.resolve("10-pods.conflist"), PODS);
        Files.writeString(kubeletConfig, kubelet(enclosure.cgroup(), directory));

        var containerd = new Daemon("containerd", enclosure, List.of("containerd", "--config=" + containerdConfig));
        var kubelet = new Daemon(
                "kubelet",
                enclosure,
                List.of(
                        programs.built("kubelet").toString(),
                        "--config=" + kubeletConfig,
                        "--kubeconfig=" + kubeconfig,
                        "--hostname-override=" + NAME,
                        "--node-ip=" + ADDRESS));
        return new Node(containerd, kubelet, enclosure.outside(SOCKET));
    }

    /** Imports an image that is in a tar file, as docker save writes it. */
    static List<String> importCommand(Path image) {
        return List.of(
                "ctr",
                "--namespace=k8s.io",
                "images",
                "import",
                image.toAbsolutePath().toString());
    }

    /** Gives an image a second name. Kubernetes means docker.io/library where a name says nothing of a registry. */
    static List<String> tagCommand(String name, String another) {
        String registry = "docker.io/library/";
        return List.of("ctr", "--namespace=k8s.io", "images", "tag", "--force", registry + name, registry + another);
    }

    /** restrict_oom_score_adj: without CAP_SYS_RESOURCE runc cannot give a pod what the kubelet asks for. */
    private static String containerd(Path plugIns, Path network) {
        return """
                version = 2
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "docker.io/library/%s"
                  restrict_oom_score_adj = true
                  disable_apparmor = true
                  netns_mounts_under_state_dir = true
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "%s"
                    conf_dir = "%s"
                """.formatted(PAUSE_IMAGE, plugIns, network);
    }

    /** Nobody but the cluster's own parts can reach the kubelet: it lets them all in. */
    private static String kubelet(String cgroup, Path directory) {
        return """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
                authorization: {mode: AlwaysAllow}
                containerRuntimeEndpoint: unix://%s
                cgroupDriver: cgroupfs
                cgroupRoot: %s
                volumePluginDir: %s/volume-plugins
                resolvConf: ""
                failSwapOn: false
                failCgroupV1: false
                imageGCHighThresholdPercent: 100
                evictionHard:
                  memory.available: 50Mi
                  nodefs.available: 1%%
                  nodefs.inodesFree: 1%%
                  imagefs.available: 1%%
                """.formatted(SOCKET, cgroup, directory);
    }
}
