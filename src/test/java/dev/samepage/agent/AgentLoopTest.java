package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.HangingKsm;
import dev.samepage.testbed.CapturedLog;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kubelet is told of a loop that runs, that hangs in the kernel, and that fails. */
class AgentLoopTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private final Activity activity = new Activity();
    private final AgentLoop loop = new AgentLoop(activity, nanos::get);
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean hangs;
    private volatile boolean fails;

    private final Thread runner = Thread.ofPlatform().daemon().unstarted(this::run);

    @AfterEach
    void stop() throws InterruptedException {
        answered.countDown();
        loop.stop();
        if (runner.getState() != Thread.State.NEW) {
            runner.join(SOON);
        }
    }

    @Test
    void aLoopThatHasNotBegunIsAliveAndNotReady() {
        pass(Duration.ofHours(1));

        assertThat(loop.health().alive()).isTrue();
        assertThat(loop.health().ready()).isFalse();
    }

    @Test
    void aLoopWhoseRoundsEndIsReady() {
        runner.start();

        await().atMost(SOON).until(() -> loop.health().ready());
        assertThat(loop.health().text()).isEqualTo("ok");
    }

    @Test
    void aReadThatHangsMakesTheAgentNotReadyAfterAMinute() {
        hangInTheKernel();
        pass(Duration.ofSeconds(59));
        assertThat(loop.health().ready()).isTrue();

        pass(Duration.ofSeconds(1));

        assertThat(loop.health().ready()).isFalse();
        assertThat(loop.health().text())
                .isEqualTo("no round has ended for 60 s: waiting for the host in HangingKsm.read");
    }

    /** Neither would SIGKILL end a thread in uninterruptible sleep, nor would the next agent fare better. */
    @Test
    void aReadThatHangsForHoursIsNoReasonForARestart() {
        hangInTheKernel();

        pass(Duration.ofHours(5));

        assertThat(loop.health().alive()).isTrue();
    }

    @Test
    void theLoopGoesOnOnceTheKernelAnswers() {
        hangInTheKernel();
        pass(Duration.ofHours(5));

        hangs = false;
        answered.countDown();

        await().atMost(SOON).until(() -> loop.health().ready());
    }

    @Test
    void roundsThatFailAreAReasonForARestartAfterAQuarterOfAnHour() {
        fails = true;
        runner.start();
        await().atMost(SOON).until(() -> loop.health() instanceof Health.Silent);
        pass(Duration.ofMinutes(15).minusSeconds(1));
        assertThat(loop.health().alive()).isTrue();

        pass(Duration.ofSeconds(1));

        await().atMost(SOON).until(() -> !loop.health().alive());
    }

    @Test
    void roundsThatFailAlikeAreLoggedOnceWhateverTheirMessagesSay() {
        fails = true;
        try (CapturedLog log = CapturedLog.withAllOf("dev.samepage")) {
            runner.start();

            await().atMost(SOON).until(() -> {
                loop.wake();
                return activity.counted(Deed.ROUND_FAILED) > 2;
            });

            assertThat(log.warnings())
                    .filteredOn(entry -> entry.text().startsWith("A round failed"))
                    .hasSize(1);
        }
    }

    private void hangInTheKernel() {
        runner.start();
        await().atMost(SOON).until(() -> loop.health().ready());
        hangs = true;
        loop.wake();
        await().atMost(SOON)
                .until(() -> Health.held(runner.getStackTrace())
                        .filter("HangingKsm.read"::equals)
                        .isPresent());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void run() {
        NodeUnderTest node = new NodeUnderTest(FakeKsm.linux618(), directory);
        try {
            loop.run(node.start(new HangingKsm(node.ksm, this::beforeARead)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beforeARead() throws IOException {
        if (fails) {
            throw new IllegalStateException("a defect at " + activity.counted(Deed.ROUND_FAILED));
        }
        if (hangs) {
            try {
                answered.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }
    }
}
