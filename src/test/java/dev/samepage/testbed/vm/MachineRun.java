package dev.samepage.testbed.vm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a machine's script came to.
 *
 * @param exitCode the script's
 * @param console all that the machine showed until then, with plain line ends
 */
public record MachineRun(int exitCode, String console) {
    private static final Pattern END = Pattern.compile("^=== ended with (\\d+)$", Pattern.MULTILINE);
    private static final int LAST = 4000;

    /** @throws IllegalStateException where the script has not ended */
    static MachineRun of(String console) {
        String plain = console.replace("\r", "");
        Matcher end = END.matcher(plain);
        if (!end.find()) {
            throw new IllegalStateException("The machine's script did not come to its end. The console showed last:\n"
                    + plain.substring(Math.max(0, plain.length() - LAST)));
        }
        return new MachineRun(Integer.parseInt(end.group(1)), plain.substring(0, end.start()));
    }

    /**
     * What the script printed after a line {@code --- NAME} and before the next such line.
     *
     * @throws IllegalStateException where there is no such line, with all that the machine showed
     */
    public String part(String name) {
        String begin = "--- " + name + "\n";
        int from = ("\n" + console).indexOf("\n" + begin);
        if (from < 0) {
            throw new IllegalStateException("There is no \"" + begin.strip() + "\" on the console:\n" + console);
        }
        String rest = console.substring(from + begin.length());
        int to = ("\n" + rest).indexOf("\n--- ");
        return (to < 0 ? rest : rest.substring(0, to)).strip();
    }
}
