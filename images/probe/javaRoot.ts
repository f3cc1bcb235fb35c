import { rmSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CACHE } from "../build.ts";
import { javaEntrypoint, javaImage } from "../java/image.ts";
import { openJdk } from "../java/jdk.ts";
import { buildJavaRuntime, type JavaRuntime } from "../java/runtime.ts";
import { unpackImage } from "./unpackImage.ts";

/** Java for contracts in a temporary folder, to compile contracts for and to run them without a container engine. */
export type JavaRoot = {
  readonly runtime: JavaRuntime;
  /** Puts an image with the contract into a folder of its own; returns the command that serves it. */
  install(main: string, sources: readonly URL[]): Promise<readonly string[]>;
  remove(): Promise<void>;
};

let shared: Promise<JavaRuntime> | undefined;

/** Throws `Unavailable` where Debian's packages are not at hand. */
export async function openJavaRoot(): Promise<JavaRoot> {
  // Linking takes seconds, so all tests of a process share one runtime, which goes with the process.
  shared ??= buildShared();
  const runtime = await shared;
  const folder = await mkdtemp(join(tmpdir(), "delchain-java-"));
  return {
    runtime,
    install: (main, sources) => install(runtime, join(folder, main), main, sources),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function buildShared(): Promise<JavaRuntime> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-java-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  return buildJavaRuntime(await openJdk(DEFAULT_CACHE, () => undefined), folder);
}

async function install(
  runtime: JavaRuntime,
  root: string,
  main: string,
  urls: readonly URL[],
): Promise<readonly string[]> {
  const sources: Record<string, string> = {};
  for (const url of urls) {
    sources[url.pathname.split("/").at(-1) ?? ""] = await readFile(url, "utf8");
  }
  await unpackImage(await javaImage(runtime, { main, sources }), root);
  return javaEntrypoint(`${root}/`, main);
}
