package dev.samepage.tuning.sim;

/** What every part of the simulated kernel can see. */
record KernelState(SimulatedKernel kernel, Knobs knobs, Ledger ledger) {
    KernelState(SimulatedKernel kernel) {
        this(kernel, new Knobs(kernel.knobs()), new Ledger());
    }

    PageCosts costs() {
        return kernel.costs();
    }
}
