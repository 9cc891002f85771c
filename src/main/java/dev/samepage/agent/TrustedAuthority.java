package dev.samepage.agent;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trusts whom the cluster's CA file names, and reads it again at the next handshake after it has changed: a cluster gets a new CA in the
 * lifetime of an agent. A file that cannot be read leaves everything as it was.
 */
final class TrustedAuthority extends X509ExtendedTrustManager {
    private static final Logger log = LoggerFactory.getLogger(TrustedAuthority.class);

    private final Config config;
    private final Path file;
    private @Nullable FileTime readAt;
    private X509ExtendedTrustManager trusted;

    private TrustedAuthority(Config config, Path file) throws IOException, GeneralSecurityException {
        this.config = config;
        this.file = file;
        readAt = Files.getLastModifiedTime(file);
        trusted = read(config);
    }

    /** Of the file that {@code config} names; null where it names none and what it says otherwise cannot change. */
    static TrustManager @Nullable [] of(Config config) throws IOException, GeneralSecurityException {
        boolean unchangeable = config.getCaCertFile() == null
                || config.getCaCertFile().isEmpty()
                || config.getCaCertData() != null
                || config.isTrustCerts();
        return unchangeable ? null : new TrustManager[] {new TrustedAuthority(config, Path.of(config.getCaCertFile()))};
    }

    private static X509ExtendedTrustManager read(Config config) throws IOException, GeneralSecurityException {
        for (TrustManager manager : SSLUtils.trustManagers(config)) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("no trust manager for X.509");
    }

    private synchronized X509ExtendedTrustManager now() {
        try {
            FileTime changedAt = Files.getLastModifiedTime(file);
            if (!Objects.equals(changedAt, readAt)) {
                trusted = read(config);
                readAt = changedAt;
                log.atInfo().addKeyValue("file", file).log("The cluster's CA has changed; read it again");
            }
        } catch (IOException | GeneralSecurityException e) {
            log.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("error", e)
                    .log("The cluster's CA cannot be read; going on as before");
        }
        return trusted;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        now().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        now().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        now().checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        now().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        now().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        now().checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return now().getAcceptedIssuers();
    }
}
