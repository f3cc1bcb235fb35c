import { type FSWatcher, watch } from "node:fs";
import { sep } from "node:path";
import { OUT } from "./buildOutput.ts";
import { TOOLCHAINS } from "./languages.ts";
import { PROJECT_FILES } from "./projectFile.ts";

/** An editor that saves writes several times; what comes within this is one change. */
const SETTLE_MS = 100;

/** What builds and deployments write, and tests, which no build takes in. */
const LEFT_OUT = new Set([OUT, "deployments", "node_modules", "target", "test"]);

/** Files that decide what is built: a log or a note beside them is no reason to build. */
const ENDINGS = [...PROJECT_FILES, ...TOOLCHAINS.flatMap(({ endings }) => endings)];

export type Watcher = {
  /** The call that comes before any change. */
  readonly first: Promise<void>;
  close(): void;
};

/**
 * Calls `onChange` at once and after files of the project have changed, never twice at a time; changes that come
 * meanwhile make one more call, those during the first one too. `onChange` must not reject.
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
    if (path === null || !isSource(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void run(), SETTLE_MS);
  });
  return {
    first: run(),
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

function isSource(path: string): boolean {
  const isLeftOut = path.split(sep).some((part) => LEFT_OUT.has(part) || part.startsWith("."));
  return !isLeftOut && ENDINGS.some((ending) => path.endsWith(ending));
}
