/** `attest`: commitments and words of members. `certificate`: what ended a batch, for whoever makes the next block. */
export type Topic = "attest" | "certificate";

/**
 * Carries messages between nodes: perhaps twice, late, in another order, or not at all. It says nothing of who sent
 * them, because every message carries its own signature.
 */
export interface Transport {
  /** To all other nodes; never fails, because whoever must be heard says it again. */
  publish(topic: Topic, bytes: Uint8Array): void;
  /** Called with what other nodes publish, until the transport is closed. */
  listen(topic: Topic, listener: (bytes: Uint8Array) => void): void;
  close(): void;
}

/** Nodes in one process: messages arrive in order, in a later turn. */
export class MemoryNetwork {
  readonly #nodes = new Set<MemoryTransport>();

  join(): Transport {
    const node = new MemoryTransport(
      (topic, bytes) => {
        for (const other of this.#nodes) if (other !== node) other.receive(topic, bytes);
      },
      () => this.#nodes.delete(node),
    );
    this.#nodes.add(node);
    return node;
  }
}

class MemoryTransport implements Transport {
  readonly #listeners: [Topic, (bytes: Uint8Array) => void][] = [];
  readonly #send: (topic: Topic, bytes: Uint8Array) => void;
  readonly #leave: () => void;

  constructor(send: (topic: Topic, bytes: Uint8Array) => void, leave: () => void) {
    this.#send = send;
    this.#leave = leave;
  }

  publish(topic: Topic, bytes: Uint8Array): void {
    queueMicrotask(() => this.#send(topic, bytes));
  }

  receive(topic: Topic, bytes: Uint8Array): void {
    for (const [wanted, listener] of this.#listeners) if (wanted === topic) listener(bytes);
  }

  listen(topic: Topic, listener: (bytes: Uint8Array) => void): void {
    this.#listeners.push([topic, listener]);
  }

  close(): void {
    this.#leave();
  }
}
