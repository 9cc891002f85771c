package dev.samepage.kernel;

import java.util.ArrayList;
import java.util.List;

/** Somebody who wants memory un-merged, until he does not any more. */
final class RecordedCaller implements Unmerger.Caller {
    /** Everything that was said when it was stopped on the way. */
    final List<String> pauses = new ArrayList<>();

    /** For how many guests nobody could tell whether their limits allow it, each time that it has begun. */
    final List<Integer> begun = new ArrayList<>();

    boolean wants = true;
    boolean letsItBegin = true;
    private Runnable whenItBegins = () -> {};

    /** What happens when it begins. */
    void whenItBegins(Runnable event) {
        whenItBegins = event;
    }

    @Override
    public boolean stillWants() {
        return wants;
    }

    @Override
    public boolean begins(int unknownLimits) {
        begun.add(unknownLimits);
        whenItBegins.run();
        return letsItBegin;
    }

    @Override
    public void pauses(String why) {
        pauses.add(why);
    }
}
