package dev.samepage.kernel;

import java.util.OptionalLong;

/** Text that came from outside: made safe to show, and read as a number without ever throwing. */
public final class Text {
    private static final int SHOWN = 60;
    private static final int NAME = 128;
    private static final int LINE = 500;

    private Text() {}

    /** The text without white space around it, with {@code ?} for every character that is not printable ASCII. */
    static String printable(String text) {
        String stripped = text.strip();
        for (int i = 0; i < stripped.length(); i++) {
            if (!isPrintable(stripped.charAt(i))) {
                return replaced(stripped);
            }
        }
        return stripped;
    }

    private static String replaced(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            printable.append(isPrintable(text.charAt(i)) ? text.charAt(i) : '?');
        }
        return printable.toString();
    }

    private static boolean isPrintable(char c) {
        return c >= 0x20 && c < 0x7f;
    }

    /** The text as it goes into a message: printable and short. */
    static String shown(String text) {
        String printable = printable(text);
        return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "...";
    }

    /** A name that somebody else chose, without control, format or broken characters; 128 characters at most, {@code ?} if none is left. */
    static String name(String name) {
        String clean = clean(name, NAME);
        return clean.isEmpty() ? "?" : clean;
    }

    /** What somebody else wrote, as it can stand in one line of a log: as a {@link #name}, but 500 characters at most. */
    public static String line(String text) {
        return clean(text.replace('\n', ' '), LINE);
    }

    private static String clean(String text, int most) {
        return text.codePoints()
                .filter(Text::isShown)
                .limit(most)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
    }

    private static boolean isShown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> character != 0xfffd;
        };
    }

    /** Decimal digits only, up to {@link Long#MAX_VALUE}; anything else is empty. */
    static OptionalLong unsigned(String text) {
        if (text.isEmpty() || text.length() > 19 || !isDecimal(text)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException overflow) {
            return OptionalLong.empty();
        }
    }

    /** A loop and no stream, since it is gone through hundreds of times a second. */
    private static boolean isDecimal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** As {@link #unsigned}, with an optional minus in front. */
    static OptionalLong signed(String text) {
        if (!text.startsWith("-")) {
            return unsigned(text);
        }
        OptionalLong magnitude = unsigned(text.substring(1));
        return magnitude.isPresent() ? OptionalLong.of(-magnitude.getAsLong()) : magnitude;
    }
}
