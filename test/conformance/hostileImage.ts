import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Image, writeImage } from "@delchain/images";
import { type ImageArchives, type ImageDigest, Unavailable } from "@delchain/runtime";

const SOURCE = new URL("./hostile.c", import.meta.url);
// Compiling for WASI takes seconds and 400 MB; the result is a function of the source.
const CACHE: string = fileURLToPath(new URL("../../.cache/conformance/", import.meta.url));

/** The image of `hostile.c`, and where drivers find it. */
export type HostileImage = { readonly digest: ImageDigest; readonly archives: ImageArchives };

/** Built with gcc, static. Throws an error that says how to get gcc where it is missing. */
export async function linuxImage(): Promise<HostileImage> {
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
  return packed(
    await writeImage({
      platform: "linux/amd64",
      entries: [{ kind: "file", path: "hostile", mode: 0o755, data: program }],
      config: { entrypoint: ["/hostile"] },
    }),
  );
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
      entries: [{ kind: "file", path: "hostile.wasm", mode: 0o755, data: module }],
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
  const path = join(CACHE, `${createHash("sha256").update(source).digest("hex")}.${kind}`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept) return kept;
  const built = await build(source);
  await mkdir(CACHE, { recursive: true });
  await writeFile(`${path}.new`, built);
  await rename(`${path}.new`, path);
  return built;
}

function packed(image: Image): HostileImage {
  const digest = image.digest as ImageDigest;
  return {
    digest,
    archives: {
      has: async (asked) => asked === digest,
      async archive(asked) {
        if (asked === digest) return image.archive;
        throw new Unavailable("images", `there is no image ${asked}`);
      },
    },
  };
}
