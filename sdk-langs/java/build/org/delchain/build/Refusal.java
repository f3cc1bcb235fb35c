package org.delchain.build;

import javax.lang.model.element.Element;

/** Something that cannot be a contract's, at the place where it is written. */
final class Refusal extends RuntimeException {
    final transient Element element;

    Refusal(Element element, String message) {
        super(message);
        this.element = element;
    }
}
