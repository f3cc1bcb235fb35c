import { readFileSync } from "node:fs";
import { isBuiltin, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { connectHost, runContract } from "@delchain/node/host";
import { moduleRefusal } from "@delchain/node/remedies";
import type { FromIsolate, IsolateData } from "./messages.ts";
import { lockRealm } from "./realm.ts";

// One call's isolate: locks its realm, loads the contract, waits for the call, runs it. Everything is synchronous, so the
// contract's code reads as it runs.

const { contract, bell } = workerData as IsolateData;
// The realm's own is taken away.
const { store, wait } = Atomics;
const launcher = parentPort ?? missing();
/** Where the contract's files lie, under the names that they have in its project. */
const contractFolder = new URL("./contract/", import.meta.url).href;
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
    throw new Error(moduleRefusal(specifier));
  },
  load(url, context, nextLoad) {
    if (!url.startsWith(contractFolder) || !url.endsWith(".ts")) return nextLoad(url, context);
    // Its types are stripped already; the name has stayed, so that errors tell the source's lines.
    return { format: "module", source: readFileSync(fileURLToPath(url)), shortCircuit: true };
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
  const loaded = { exported, sources: contractFolder };
  tell({ kind: "ready" });
  tell({ kind: "result", body: runContract(loaded, listen(), printed) });
} catch (error) {
  tell({ kind: "refused", reason: `${contract}: ${(error as Error).message}` });
}
