package dev.samepage.measure;

import dev.samepage.demo.DemoHost;
import dev.samepage.demo.RealHost;
import dev.samepage.demo.SimulatedHost;
import dev.samepage.kernel.KsmLoan;
import java.util.Optional;

/** Runs the measurement that is named. */
public final class Measure {
    private static final int USAGE = 2;

    private Measure() {}

    /** Takes one argument. Ends with 0, with 1 where a figure misses its bar, or with 2 where the argument names no measurement. */
    public static void main(String... args) throws Exception {
        Bars bars = new Bars(System.out);
        switch (args.length == 1 ? args[0] : "") {
            case "apply" -> {
                try (DemoHost host = host(bars)) {
                    new Apply(host, bars).run();
                }
            }
            case "footprint" -> {
                try (DemoHost host = host(bars)) {
                    new Footprint(host, bars).run();
                }
            }
            case "classic" -> {
                try (RealHost host = RealHost.take(bars::say)) {
                    new Classic(host, bars).byBruteForce();
                }
            }
            case "adaptive" -> {
                try (RealHost host = RealHost.take(bars::say)) {
                    new Classic(host, bars).byAdaptive();
                }
            }
            case "rollout" -> new Looks(bars).run();
            default -> {
                System.err.println(
                        "Say which: -Dmeasure=apply, -Dmeasure=footprint, -Dmeasure=classic, -Dmeasure=adaptive or"
                                + " -Dmeasure=rollout");
                System.exit(USAGE);
            }
        }
        System.exit(bars.allMet() ? 0 : 1);
    }

    private static DemoHost host(Bars bars) throws Exception {
        Optional<String> missing = KsmLoan.missing();
        if (missing.isEmpty()) {
            return RealHost.take(bars::say);
        }
        bars.say("Measured on a simulated kernel: " + missing.orElseThrow());
        return SimulatedHost.start();
    }
}
