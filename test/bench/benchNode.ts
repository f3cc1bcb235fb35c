import { DEVNET, type RunningNode, startNode } from "../../chain/index.ts";
import { DEFAULT_STORE } from "../../images/build.ts";

/** A devnet in this process, in a folder that goes with it. */
export function startBenchNode(): Promise<RunningNode> {
  return startNode({
    spec: DEVNET,
    host: "127.0.0.1",
    port: 0,
    dataFolder: undefined,
    imageFolder: DEFAULT_STORE,
    intervalMs: undefined,
    logLevel: "warn",
  });
}
