package org.delchain.container;

/** Something that a contract may not do: where it stands, what it is, and what to write instead. */
record Refusal(String place, String what, String remedy) {
    @Override
    public String toString() {
        return place + ": " + what + "; " + remedy;
    }
}
