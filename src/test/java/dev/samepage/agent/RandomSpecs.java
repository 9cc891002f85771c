package dev.samepage.agent;

import dev.samepage.api.Adaptive;
import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.Tunables;
import dev.samepage.api.Unmerge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operator may tell a node, each time something else. */
final class RandomSpecs {
    private final Dice dice;
    private int told;

    RandomSpecs(Dice dice) {
        this.dice = dice;
    }

    /** A policy covers the node. */
    KsmNodeSpec covered() {
        // A newer operator may ask for a mode that this agent does not know.
        Mode mode = dice.oneIn(12) ? null : dice.any(List.of(Mode.values()));
        boolean mayUnmerge = mode == Mode.UNMERGED || dice.oneIn(2);
        return spec(
                new Settings(
                        mode,
                        mode == Mode.FIXED ? new Fixed(dice.between(1, 5_000), dice.between(0, 200)) : null,
                        mode == Mode.KERNEL_ADVISOR ? advisor() : null,
                        mode == Mode.ADAPTIVE ? Adaptive.defaults() : null,
                        dice.oneIn(3) ? null : tunables(mode)),
                mayUnmerge);
    }

    /** None does any more. */
    KsmNodeSpec released() {
        return spec(null, dice.oneIn(2));
    }

    private KsmNodeSpec spec(@Nullable Settings settings, boolean mayUnmerge) {
        told++;
        OnRemoval onRemoval = dice.any(
                mayUnmerge
                        ? List.of(OnRemoval.RESTORE, OnRemoval.RESTORE, OnRemoval.KEEP, OnRemoval.RESTORE_AND_UNMERGE)
                        : List.of(OnRemoval.RESTORE, OnRemoval.RESTORE, OnRemoval.KEEP));
        return new KsmNodeSpec(
                settings == null ? null : new KsmNodeSpec.PolicyReference("p", (long) told),
                settings,
                new Unmerge(mayUnmerge, 10),
                onRemoval,
                "hash-" + told);
    }

    private KernelAdvisor advisor() {
        return new KernelAdvisor(
                dice.between(1, 400), dice.between(1, 101), dice.between(1, 500), dice.between(500, 30_000));
    }

    private Tunables tunables(@Nullable Mode mode) {
        return new Tunables(
                maybe(),
                dice.oneIn(3) ? dice.between(2, 500) : null,
                maybe(),
                dice.oneIn(4) ? maybe() : null,
                mode == Mode.ADAPTIVE ? null : maybe(),
                dice.oneIn(3) ? dice.between(100, 5_000) : null);
    }

    private @Nullable Boolean maybe() {
        return switch (dice.between(0, 4)) {
            case 0 -> true;
            case 1 -> false;
            default -> null;
        };
    }
}
