package dev.samepage.cli;

public final class Samepage {
    private Samepage() {}

    public static void main(String... args) {}
}
