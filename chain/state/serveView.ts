import type { MessagePort } from "node:worker_threads";
import { InvalidInput, type StateView, Unavailable } from "@delchain/runtime";
import { STATUS, TURN_WORD, TURNS, ViewBuffer } from "./viewProtocol.ts";

/** What a served store must do: give the state as a block left it. */
export type ViewStore = {
  viewAt(number: bigint): StateView;
  /** How often blocks were undone; a store that never does may leave it out. */
  readonly rewinds?: number;
};

/**
 * Answers the questions of one `RemoteView` thread from this thread's store, until the port is closed. Trouble of
 * the store goes to the reader; a bug goes to both, and stops this thread.
 */
export function serveView(port: MessagePort, buffer: SharedArrayBuffer, store: ViewStore): void {
  const shared = new ViewBuffer(buffer);
  const views = new LastView(store);
  port.on("message", () => {
    let bug: unknown;
    try {
      answer(shared, views);
    } catch (error) {
      shared.writeError(error);
      if (!(error instanceof Unavailable || error instanceof InvalidInput)) bug = error;
    }
    Atomics.store(shared.words, TURN_WORD, TURNS.answered);
    Atomics.notify(shared.words, TURN_WORD);
    if (bug) throw bug;
  });
}

function answer(shared: ViewBuffer, views: LastView): void {
  const question = shared.readQuestion();
  const view = views.at(question.number);
  switch (question.op) {
    case "account": {
      const account = view.account(question.address);
      if (account) shared.writeAccount(account);
      else shared.writeStatus(STATUS.absent);
      break;
    }
    case "storage":
      shared.writeHash(view.storage(question.address, question.slot));
      break;
    case "code": {
      const code = view.code(question.hash);
      if (code) shared.writeCode(code, question.offset);
      else shared.writeStatus(STATUS.absent);
      break;
    }
    case "blockHash": {
      const hash = view.blockHash(question.asked);
      if (hash) shared.writeHash(hash);
      else shared.writeStatus(STATUS.absent);
      break;
    }
  }
}

/** A reader asks of one block many times in a row. */
class LastView {
  readonly #store: ViewStore;
  #last: { readonly number: bigint; readonly view: StateView } | undefined;
  #rewinds: number | undefined;

  constructor(store: ViewStore) {
    this.#store = store;
  }

  at(number: bigint): StateView {
    const isOther = this.#last?.number !== number || this.#rewinds !== this.#store.rewinds;
    if (this.#last === undefined || isOther) {
      this.#last = { number, view: this.#store.viewAt(number) };
      this.#rewinds = this.#store.rewinds;
    }
    return this.#last.view;
  }
}
