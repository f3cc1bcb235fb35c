package org.delchain.container;

/** The host, or a limit of the protocol, refused a host call: nothing was done. Reverts the call unless it is caught. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refused(String reason) {
        super(reason);
    }
}
