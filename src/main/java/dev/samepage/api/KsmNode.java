package dev.samepage.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * What one node is told about KSM, and what it reports. Named as its Node and owned by it. The operator writes the spec; the
 * agent on that node writes the status.
 */
@Group(KsmPolicy.GROUP)
@Version(KsmPolicy.VERSION)
@Kind("KsmNode")
@Plural("ksmnodes")
@ShortNames("ksmn")
@Categories("ksm")
@AdditionalPrinterColumn(name = "Policy", jsonPath = ".spec.policy.name", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Saved", jsonPath = ".status.memory.saved", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Profit",
        jsonPath = ".status.memory.profit",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "KSMD-CPU",
        jsonPath = ".status.ksmd.cpuPercent",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Verdict", jsonPath = ".status.verdict", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.message",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalSelectableField(jsonPath = ".spec.policy.name")
@AdditionalSelectableField(jsonPath = ".status.state")
@AdditionalSelectableField(jsonPath = ".status.phase")
@AdditionalSelectableField(jsonPath = ".status.verdict")
public final class KsmNode extends CustomResource<KsmNodeSpec, KsmNodeStatus> {
    private static final long serialVersionUID = 1L;

    /** Sets the status; the one that the schema gives where nothing was reported yet is none. */
    @Override
    public void setStatus(@Nullable KsmNodeStatus status) {
        super.setStatus(
                status != null && KsmPolicy.NOTHING_REPORTED.equals(status.observedGeneration()) ? null : status);
    }
}
