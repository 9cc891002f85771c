package dev.samepage.agent;

/** What the agent counts of its own doing, with the name that the count has in its metrics. */
enum Deed {
    ROUND("samepage_agent_rounds", "Rounds of the agent's loop that came to an end."),
    ROUND_FAILED("samepage_agent_rounds_failed", "Rounds of the agent's loop that ended with an unexpected error."),
    ATTEMPT("samepage_agent_attempts", "Rounds in which something was to be written to the kernel, and was tried."),
    WRITE("samepage_agent_writes", "Settings written to the kernel and read back as written."),
    WRITE_REFUSED("samepage_agent_writes_refused", "Settings that the kernel refused or did not keep."),
    PUT_BACK("samepage_agent_settings_put_back", "Settings written again because somebody else had changed them."),
    FOREIGN_CHANGE("samepage_agent_foreign_changes", "Settings that somebody else was seen to have changed."),
    UNMERGE("samepage_agent_unmerges", "Times that all merged memory was given back to the guests."),
    UNMERGE_FAILED(
            "samepage_agent_unmerges_failed", "Times that giving back all merged memory did not come to an end."),
    JOURNAL_PROBLEM(
            "samepage_agent_journal_problems",
            "Files in the state directory that could not be read, written or used: what the node was like before may be lost."),
    REPORT("samepage_agent_reports", "Statuses written to the node's KsmNode."),
    REPORT_FAILED("samepage_agent_reports_failed", "Statuses that the API server did not take; each is tried again.");

    private final String metric;
    private final String help;

    Deed(String metric, String help) {
        this.metric = metric;
        this.help = help;
    }

    /** The metric's name without {@code _total}. */
    String metric() {
        return metric;
    }

    String help() {
        return help;
    }
}
