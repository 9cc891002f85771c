package dev.samepage.operator;

import dev.samepage.policy.Agents;
import jakarta.inject.Singleton;

/** What the {@link AgentReconciler} found when it last looked, for the policies' statuses. */
@Singleton
public class AgentNews {
    private Agents latest = new Agents.Unknown();
    private Runnable listener = () -> {};

    synchronized Agents latest() {
        return latest;
    }

    /** Calls {@code listener} after each change from now on. */
    synchronized void listen(Runnable listener) {
        this.listener = listener;
    }

    /** Whether that is news. */
    boolean tell(Agents found) {
        Runnable listenerNow;
        synchronized (this) {
            if (found.equals(latest)) {
                return false;
            }
            latest = found;
            listenerNow = listener;
        }
        listenerNow.run();
        return true;
    }
}
