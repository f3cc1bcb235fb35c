import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  DEFAULT_CACHE,
  downloadPackages,
  type ImageSource,
  NODE_PACKAGES,
  nodeImage,
  openJavaRuntime,
  PHP_PACKAGES,
  phpImage,
} from "@delchain/images";
import { programClosure } from "../../images/debian/closure.ts";
import { unpackPackages } from "../../images/debian/unpack.ts";

// Images of programs that tell what a kernel tells them, for `strictDeterminism.test.ts`.

const run = promisify(execFile);
type Layer = ImageSource["layers"][number];
type Entry = Extract<Layer, readonly unknown[]>[number];

const sourceOf = (name: string): string =>
  fileURLToPath(new URL(`./strict/${name}`, import.meta.url));

/** Compiled with gcc and these options. Throws what gcc says. */
async function compiled(name: string, options: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-strict-"));
  try {
    const program = join(folder, "program");
    await run("gcc", ["-O1", "-w", ...options, "-o", program, sourceOf(name)]);
    return await readFile(program);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function file(path: string, data: Uint8Array, mode = 0o755): Entry {
  return { kind: "file", path, mode, data };
}

async function bridge(): Promise<Entry> {
  return file("bridge", await compiled("bridge.c", ["-static"]));
}

function imageOf(below: readonly Layer[], files: readonly Entry[]): ImageSource {
  const layers = [...below, files];
  return { platform: "linux/amd64", layers, config: { entrypoint: ["/bridge"] } };
}

async function debian(names: readonly string[]) {
  return downloadPackages(names, join(DEFAULT_CACHE, "debian"), () => undefined);
}

/** C, static and dynamic, and PHP. */
export async function phpAndC(): Promise<ImageSource> {
  const script = await readFile(sourceOf("tells.php"), "utf8");
  const contract = { main: "tells.php", sources: { "tells.php": script } };
  const { layers } = await phpImage(await debian(PHP_PACKAGES), contract);
  const programs = [
    file("static", await compiled("tells.c", ["-static"])),
    file("dynamic", await compiled("tells.c", [])),
  ];
  return imageOf(layers, [await bridge(), ...programs]);
}

const PYTHON_PACKAGES = [
  "libc6",
  "libexpat1",
  "libpython3.11-minimal",
  "libpython3.11-stdlib",
  "libssl3",
  "libuuid1",
  "python3.11-minimal",
  "zlib1g",
];

export async function python(): Promise<ImageSource> {
  const unpacked = await unpackPackages(await debian(PYTHON_PACKAGES));
  const library = [...unpacked.files]
    .filter(([path]) => /^usr\/lib\/python3.11\/.*\.py$/.test(path))
    .map(([path, data]) => file(path, data, 0o644));
  const extensions = ["_hashlib", "_uuid"].map((name) => {
    const path = `usr/lib/python3.11/lib-dynload/${name}.cpython-311-x86_64-linux-gnu.so`;
    return { from: path, to: path };
  });
  const program = "usr/bin/python3.11";
  const programs = programClosure(unpacked, [{ from: program, to: program }, ...extensions]);
  const script = file("tells.py", await readFile(sourceOf("tells.py")), 0o644);
  return imageOf([], [...programs, ...library, script, await bridge()]);
}

export async function java(): Promise<ImageSource> {
  const { jdk, layer } = await openJavaRuntime(DEFAULT_CACHE, () => undefined);
  const folder = await mkdtemp(join(tmpdir(), "delchain-strict-"));
  try {
    await run(join(jdk.home, "bin/javac"), ["-d", folder, sourceOf("Tells.java")]);
    const program = file("app/Tells.class", await readFile(join(folder, "Tells.class")), 0o644);
    return imageOf([layer], [program, await bridge()]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function node(): Promise<ImageSource> {
  const script = await readFile(sourceOf("tells.mjs"), "utf8");
  const contract = { main: "tells.mjs", sources: { "tells.mjs": script } };
  const { layers } = await nodeImage(await debian(NODE_PACKAGES), contract);
  return imageOf(layers, [await bridge()]);
}
