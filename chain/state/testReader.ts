import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Address, Hash, InvalidInput } from "@delchain/runtime";
import { RemoteView, ViewClient } from "./remoteView.ts";

/** A thread for tests: reads what it is asked through a `RemoteView`, and answers with values or errors. */

export type ReaderData = {
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
  readonly deadlineMs: number | undefined;
};

export type ReaderTask = {
  readonly number: bigint;
  readonly reads: readonly (
    | readonly ["account", Address]
    | readonly ["storage", Address, Hash]
    | readonly ["code", Hash]
    | readonly ["blockHash", bigint]
  )[];
};

export type ReaderAnswer =
  | { readonly value: unknown }
  | { readonly error: string; readonly message: string; readonly facts: unknown };

const { port, buffer, deadlineMs }: ReaderData = workerData;
const client = new ViewClient(port, buffer, deadlineMs);

parentPort?.on("message", ({ number, reads }: ReaderTask) => {
  const view = new RemoteView(client, number);
  const answers = reads.map((read): ReaderAnswer => {
    try {
      return { value: readOne(view, read) };
    } catch (error) {
      const { name, message, facts } = error as InvalidInput;
      return { error: name, message, facts };
    }
  });
  parentPort?.postMessage(answers);
});

function readOne(view: RemoteView, read: ReaderTask["reads"][number]): unknown {
  switch (read[0]) {
    case "account":
      return view.account(read[1]);
    case "storage":
      return view.storage(read[1], read[2]);
    case "code":
      return view.code(read[1]);
    case "blockHash":
      return view.blockHash(read[1]);
  }
}
