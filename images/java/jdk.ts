import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { foreignPackages, readLock } from "../debian/lock.ts";
import { type DownloadedPackage, downloadPackages } from "../debian/packages.ts";
import { fileAt, unpackPackages } from "../debian/unpack.ts";
import { patchJava, patchSources } from "./patch.ts";

/** Java itself with its compiler and linker, and ASM; none of them is installed. */
const TOOL_PACKAGES: readonly string[] = [
  "libasm-java",
  "openjdk-17-jdk-headless",
  "openjdk-17-jre-headless",
];
/** The libraries that the virtual machine loads. The closure check names one that is missing here. */
const LIBRARY_PACKAGES: readonly string[] = ["libc6", "libgcc-s1", "libstdc++6", "zlib1g"];
export const JAVA_PACKAGES: readonly string[] = [...LIBRARY_PACKAGES, ...TOOL_PACKAGES];

/** The packages of the published digest. */
export const JAVA_LOCK: string = fileURLToPath(new URL("./packages.json", import.meta.url));

/** Versions of the packages of the published digest by name. */
export async function javaPackages(): Promise<Readonly<Record<string, string>>> {
  const packages = await readLock(JAVA_LOCK);
  return Object.fromEntries(packages.map(({ name, version }) => [name, version]));
}

const HOME = "usr/lib/jvm/java-17-openjdk-amd64";
/** What neither compiler nor linker reads: other modules than the one that contracts have, archives of a cache. */
const UNREAD = /\/jmods\/(?!java\.base\.jmod)|\.jsa$|\/(legal|man)\/|^usr\/share\/(?!java\/)/;

/** A development kit in the cache, and the packages of the libraries that its programs need in an image. */
export type Jdk = {
  /** The folder that has `bin/javac`. */
  readonly home: string;
  readonly asm: readonly string[];
  readonly packages: readonly DownloadedPackage[];
  readonly libraryPackages: readonly DownloadedPackage[];
  /** Versions of the packages by name. */
  readonly versions: Readonly<Record<string, string>>;
};

/**
 * Debian's OpenJDK 17, unpacked below `cache`, with java.base patched, and run from there. Throws `Unavailable` with a
 * remedy where Debian's packages are not at hand.
 */
export async function openJdk(cache: string, progress: (text: string) => void): Promise<Jdk> {
  progress("downloading packages of Debian");
  const packages = await downloadPackages(JAVA_PACKAGES, join(cache, "debian"), progress);
  for (const difference of await foreignPackages(JAVA_LOCK, packages)) progress(difference);
  const patch = await patchSources();
  const isTool = ({ name }: DownloadedPackage) => TOOL_PACKAGES.includes(name);
  const tools = packages.filter(isTool);
  const folder = join(cache, `jdk-${await nameOf(tools, patch)}`);
  if (!(await stat(folder).catch(() => undefined))) {
    progress("unpacking and patching the development kit");
    await unpackTo(folder, tools, patch);
  }
  const libraryPackages = packages.filter((candidate) => !isTool(candidate));
  const versions = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  return { home: join(folder, HOME), asm: asmIn(folder), packages, libraryPackages, versions };
}

function asmIn(folder: string): readonly string[] {
  return ["asm", "asm-tree"].map((name) => join(folder, `usr/share/java/${name}.jar`));
}

async function nameOf(
  packages: readonly DownloadedPackage[],
  patch: readonly string[],
): Promise<string> {
  const hash = createHash("sha256").update(
    packages
      .map(({ sha256 }) => sha256)
      .sort()
      .join(),
  );
  for (const file of patch) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

/** Whole or not at all; links become the files that they lead to. */
async function unpackTo(
  folder: string,
  packages: readonly DownloadedPackage[],
  patch: readonly string[],
): Promise<void> {
  const unpacked = await unpackPackages(packages, (path) => !UNREAD.test(path));
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    for (const path of [...unpacked.files.keys(), ...unpacked.links.keys()]) {
      const data = fileAt(unpacked, path);
      if (data === undefined) continue;
      const place = join(temporary, path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, data, { mode: path.includes("/bin/") ? 0o755 : 0o644 });
    }
    await patchJava(join(temporary, HOME), asmIn(temporary), patch);
    // Somebody else who unpacked at the same time has the same files.
    await rename(temporary, folder).catch(() => undefined);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
