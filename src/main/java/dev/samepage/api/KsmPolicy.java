package dev.samepage.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** Which nodes merge equal memory pages, and how hard. People write the spec; the operator writes the status. */
@Group(KsmPolicy.GROUP)
@Version(KsmPolicy.VERSION)
@Kind("KsmPolicy")
@Plural("ksmpolicies")
@ShortNames("ksmp")
@Categories("ksm")
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".spec.mode", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Nodes",
        jsonPath = ".status.nodes.targeted",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Applied",
        jsonPath = ".status.nodes.applied",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Saved", jsonPath = ".status.memory.saved", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "KSMD-CPU",
        jsonPath = ".status.ksmd.cpuPercent",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Priority",
        jsonPath = ".spec.priority",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "Failed",
        jsonPath = ".status.nodes.failed",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
public final class KsmPolicy extends CustomResource<KsmPolicySpec, KsmPolicyStatus> {
    /** The API group of every kind of this project. */
    public static final String GROUP = "ksm.samepage.dev";

    public static final String VERSION = "v1alpha1";

    /**
     * The status.observedGeneration, by the schema's default, of an object that nobody has reported on yet. Without one, whoever
     * waits for the object to be ready (Flux, {@code helm --wait}) would take it to be so already.
     */
    public static final Long NOTHING_REPORTED = -1L;

    private static final long serialVersionUID = 1L;

    /** Sets the status; the one that the schema gives where nothing was reported yet is none. */
    @Override
    public void setStatus(@Nullable KsmPolicyStatus status) {
        super.setStatus(status != null && NOTHING_REPORTED.equals(status.observedGeneration()) ? null : status);
    }
}
