import { parentPort, workerData } from "node:worker_threads";
import { PhpChain } from "./phpChain.ts";

// A thread as nodes start theirs, for what nests as deeply as the rules allow.
const chain = new PhpChain();
parentPort?.postMessage((workerData as string[]).map((body) => chain.run(body)));
