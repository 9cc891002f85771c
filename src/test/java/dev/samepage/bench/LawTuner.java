package dev.samepage.bench;

import dev.samepage.kernel.Ksm;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Follows a law in a thread of this process.
 *
 * @param host what the law is told of its host, every time
 */
record LawTuner(String name, String about, Law law, HostReading host) implements Tuner {
    @Override
    public AtWork start(Ksm ksm) {
        return new Loop(ksm, law, host);
    }

    private static final class Loop implements AtWork {
        private final Thread thread;
        private volatile @Nullable RuntimeException failure;

        Loop(Ksm ksm, Law law, HostReading host) {
            thread = Thread.ofPlatform().daemon().name("law").start(() -> follow(ksm, law, host));
        }

        private void follow(Ksm ksm, Law law, HostReading host) {
            try {
                Pace pace = law.initial();
                Duration pause = law.firstAfter();
                while (true) {
                    Thread.sleep(pause);
                    pace = law.next(pace, host);
                    Tuner.write(ksm, pace.knobs());
                    pause = law.every();
                }
            } catch (InterruptedException e) {
                // Asked to end.
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        @Override
        public double ownCpuSeconds() {
            return Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId())) / 1e9;
        }

        @Override
        public void close() {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw failure;
            }
        }
    }
}
