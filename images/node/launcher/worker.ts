import { isBuiltin, registerHooks } from "node:module";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { type Contract, connectHost, runContract } from "@delchain/node/host";
import type { FromIsolate, IsolateData } from "./messages.ts";
import { lockRealm } from "./realm.ts";

// One call's isolate: locks its realm, loads the contract, waits for the call, runs it. Everything is synchronous, so the
// contract's code reads as it runs.

const { contract, bell } = workerData as IsolateData;
// The realm's own is taken away.
const { store, wait } = Atomics;
const launcher = parentPort ?? missing();
const contractFolder = new URL("./", contract).href;
const sdkFolder = new URL("./node_modules/@delchain/node/", import.meta.url).href;

function missing(): never {
  throw new Error("a worker has a parent");
}

function tell(message: FromIsolate): void {
  launcher.postMessage(message);
}

/** Sleeps until the launcher has sent something. */
function listen(): Uint8Array {
  for (;;) {
    wait(bell, 0, 0);
    store(bell, 0, 0);
    const received = receiveMessageOnPort(launcher);
    if (received !== undefined) return received.message as Uint8Array;
  }
}

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!context.parentURL?.startsWith(contractFolder)) return nextResolve(specifier, context);
    const found = isBuiltin(specifier) ? undefined : nextResolve(specifier, context);
    if (
      found !== undefined &&
      [contractFolder, sdkFolder].some((folder) => found.url.startsWith(folder))
    )
      return found;
    throw new Error(
      `${specifier} is not there for a contract: it imports its own files and the SDK`,
    );
  },
});

const printed: string[] = [];
lockRealm((text) => printed.push(text));
connectHost((body) => {
  tell({ kind: "hostCall", body });
  return listen();
});
try {
  const exported = Object.values((await import(contract)) as Readonly<Record<string, unknown>>);
  tell({ kind: "ready" });
  tell({ kind: "result", body: runContract(exported as readonly Contract[], listen(), printed) });
} catch (error) {
  tell({ kind: "refused", reason: `${contract}: ${(error as Error).message}` });
}
