import { type FSWatcher, watch } from "node:fs";
import { sep } from "node:path";
import { OUT } from "./buildOutput.ts";

/** An editor that saves writes several times; what comes within this is one change. */
const SETTLE_MS = 100;

/** What builds write, or nobody edits. */
const LEFT_OUT = new Set([OUT, "node_modules", "target"]);

export type Watcher = { close(): void };

/**
 * Calls `onChange` after files of the project have changed, never twice at a time; changes that come meanwhile make
 * one more call. `onChange` must not reject.
 */
export function watchProject(root: string, onChange: () => Promise<void>): Watcher {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let isWanted = false;
  const run = async (): Promise<void> => {
    isWanted = true;
    if (running) return;
    running = true;
    while (isWanted) {
      isWanted = false;
      await onChange();
    }
    running = false;
  };
  const watcher: FSWatcher = watch(root, { recursive: true }, (_, path) => {
    if (path === null || isLeftOut(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void run(), SETTLE_MS);
  });
  return {
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

function isLeftOut(path: string): boolean {
  return path.split(sep).some((part) => LEFT_OUT.has(part) || part.startsWith("."));
}
