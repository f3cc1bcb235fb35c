import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_CACHE } from "../build.ts";
import { writeImage } from "../writer/image.ts";
import { javaImage } from "./image.ts";
import { openJdk } from "./jdk.ts";
import { buildJavaRuntime } from "./runtime.ts";

const TOKEN = new URL("../../apps/tour/contracts/java/Token.java", import.meta.url);
/** What comes out in one of two orders is caught three times in four. */
const BUILDS = 3;

test("launcher, SDK, Java and contract give the same image whenever they are built", async () => {
  const sources = { "Token.java": await readFile(TOKEN, "utf8") };
  const digests: string[] = [];
  for (let i = 0; i < BUILDS; i++) {
    const folder = await mkdtemp(join(tmpdir(), "delchain-java-"));
    const runtime = await buildJavaRuntime(await openJdk(DEFAULT_CACHE, () => undefined), folder);
    const image = await javaImage(runtime, { main: "TokenProgram", sources });
    digests.push((await writeImage(image)).digest);
    await rm(folder, { recursive: true });
  }
  assert.deepEqual(digests, Array(BUILDS).fill(digests[0]));
});
