import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Image, memoryImages, writeImage } from "@delchain/images";
import type { ImageArchives, ImageDigest } from "@delchain/runtime";
import { canonicalBytes, sha256 } from "../../images/writer/image.ts";

const SOURCE = new URL("./hostile.c", import.meta.url);
const THREATS = new URL("./threats.h", import.meta.url);
// Compiling for WASI takes seconds and 400 MB; the result is a function of the source.
const CACHE: string = fileURLToPath(new URL("../../.cache/conformance/", import.meta.url));

/** The image of `hostile.c`, and where drivers find it. */
export type HostileImage = { readonly digest: ImageDigest; readonly archives: ImageArchives };

/**
 * Built with gcc, static; `configuration` is what else its configuration says. Throws an error that says how to get gcc
 * where it is missing.
 */
export async function linuxImage(
  configuration: Readonly<Record<string, unknown>> = {},
): Promise<HostileImage> {
  const program = await cached("linux", async () => {
    const directory = await mkdtemp(join(tmpdir(), "delchain-hostile-"));
    try {
      const target = join(directory, "hostile");
      await gcc(["-static", "-O1", "-w", "-o", target, fileURLToPath(SOURCE)]);
      return await readFile(target);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
  const image = await writeImage({
    platform: "linux/amd64",
    layers: [[{ kind: "file", path: "hostile", mode: 0o755, data: program }]],
    config: { entrypoint: ["/hostile"] },
  });
  const written = JSON.parse(new TextDecoder().decode(image.config)) as { readonly config: object };
  const config = canonicalBytes({ ...written, config: { ...written.config, ...configuration } });
  return packed({ ...image, config, digest: `sha256:${sha256(config)}` });
}

/** Built with the clang that comes as a package. */
export async function wasiImage(): Promise<HostileImage> {
  const module = await cached("wasi", async (source) => {
    const { commands } = await import("@yowasp/clang");
    const quiet = { stdout: () => undefined, stderr: () => undefined };
    // Loading is a step of its own, because only here the package can be kept from reporting it.
    await commands.clang(null as unknown as string[], {}, { fetchProgress: () => undefined });
    const options = ["--target=wasm32-wasip1", "-O1", "-w", "-o", "hostile.wasm", ...SIGNALS];
    const files = await commands.clang(
      ["hostile.c", ...options],
      { "hostile.c": source.toString() },
      quiet,
    );
    return files?.["hostile.wasm"] as Uint8Array;
  });
  return packed(
    await writeImage({
      platform: "wasi/wasm",
      layers: [[{ kind: "file", path: "hostile.wasm", mode: 0o755, data: module }]],
      config: { entrypoint: ["/hostile.wasm"] },
    }),
  );
}

const SIGNALS = ["-D_WASI_EMULATED_SIGNAL", "-lwasi-emulated-signal"];

async function gcc(options: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)("gcc", [...options]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error("the hostile test contract needs gcc. Try: apt-get install gcc libc6-dev");
  }
}

async function cached(
  kind: string,
  build: (source: Buffer) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const source = await readFile(SOURCE);
  const hash = createHash("sha256")
    .update(source)
    .update(await readFile(THREATS));
  const path = join(CACHE, `${hash.digest("hex")}.${kind}`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept) return kept;
  const built = await build(source);
  await mkdir(CACHE, { recursive: true });
  await writeFile(`${path}.new`, built);
  await rename(`${path}.new`, path);
  return built;
}

function packed(image: Image): HostileImage {
  return { digest: image.digest, archives: memoryImages(image) };
}
