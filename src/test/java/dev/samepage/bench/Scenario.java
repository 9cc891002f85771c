package dev.samepage.bench;

import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.GuestKind;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.testbed.guests.ProcessGuest;
import dev.samepage.testbed.guests.QemuGuest;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What the tuners are tried on. */
enum Scenario {
    ARRIVALS("ten guests, each 80 MB common, 60 unique, 20 zero, 16 rewritten twice a second; four more at half time") {
        @Override
        Schedule schedule(Duration length) {
            return Schedule.moreAtHalfTime(GUESTS, 4, length);
        }
    },
    IDLE("ten guests of 170 MB where nothing can be merged") {
        @Override
        Optional<GuestMemory> memory() {
            return Optional.of(GuestMemory.of(0, 170).withoutHugePages());
        }
    },
    CHURN("guests as in arrivals, of which one comes every 20 s and each lives for 30 to 150 s") {
        @Override
        Schedule schedule(Duration length) {
            return Schedule.churn(length);
        }
    },
    WRITES(
            "ten guests, each 80 MB common of which 4 are written to once a minute, 20 unique, 10 zero, 60 rewritten twice a"
                    + " second") {
        @Override
        Optional<GuestMemory> memory() {
            return Optional.of(GuestMemory.of(80, 20)
                    .withZero(10)
                    .withRewritten(60)
                    .withTouched(4)
                    .withoutHugePages());
        }
    },
    QEMU("ten virtual machines of 512 MB") {
        @Override
        Optional<GuestMemory> memory() {
            return Optional.empty();
        }
    };

    private static final int GUESTS = 10;
    private static final int QEMU_MEBIBYTES = 512;

    private final String about;

    Scenario(String about) {
        this.about = about;
    }

    /** As it is named on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it is, in a line. */
    String about() {
        return about;
    }

    /** What each guest's memory is made of; empty where only reading it tells. */
    Optional<GuestMemory> memory() {
        return Optional.of(GuestMemory.of(80, 60).withZero(20).withRewritten(16).withoutHugePages());
    }

    /** When guests come and go in a run of this length. */
    Schedule schedule(Duration length) {
        return Schedule.constant(GUESTS);
    }

    /**
     * What is started as a guest.
     *
     * @throws UnavailableException if this machine has no such guests
     */
    GuestKind guests() throws UnavailableException {
        Optional<GuestMemory> known = memory();
        return known.isPresent() ? new ProcessGuest(known.get()) : QemuGuest.find(QEMU_MEBIBYTES);
    }
}
