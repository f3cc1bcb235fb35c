import { spawn } from "node:child_process";
import { posix } from "node:path";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import { extract } from "tar-stream";
import { MAX_IMAGE_BYTES } from "../writer/entries.ts";
import type { DownloadedPackage } from "./packages.ts";

/** Files by path without the leading `/`, and where links lead. */
export type UnpackedFiles = {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly links: ReadonlyMap<string, string>;
};

/** A package tree of PHP has some 2,000 files, most of them documentation and time zones. */
const MAX_FILES = 50_000;
/** Links that lead to links; the kernel stops at 40 (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * Reads packages into memory, or of them the files that are wanted; nothing touches the disk or runs. Throws `Unavailable`
 * without dpkg-deb.
 */
export async function unpackPackages(
  packages: readonly DownloadedPackage[],
  isWanted: (path: string) => boolean = () => true,
): Promise<UnpackedFiles> {
  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  let bytes = 0;
  for (const { path, name } of packages) {
    const child = spawn("dpkg-deb", ["--fsys-tarfile", path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    ended.catch(() => undefined);
    const reader = child.stdout.pipe(extract());
    for await (const entry of reader) {
      const at = posix.join("/", entry.header.name).slice(1);
      if (!isWanted(at)) {
        entry.resume();
        continue;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk);
      const data = Buffer.concat(chunks);
      bytes += data.length;
      if (bytes > MAX_IMAGE_BYTES || files.size + links.size > MAX_FILES) throw tooLarge(name);
      const { type, linkname } = entry.header;
      if (type === "file") files.set(at, data);
      else if (type === "symlink")
        links.set(at, posix.resolve("/", posix.dirname(at), linkname ?? ""));
      else if (type === "link") links.set(at, posix.join("/", linkname ?? ""));
    }
    if ((await ended) !== 0) throw new Unavailable("dpkg-deb", `dpkg-deb cannot read ${path}`);
  }
  return { files, links };
}

function tooLarge(name: string): InvalidInput {
  return new InvalidInput(
    { code: "packagesTooLarge", name },
    `the packages up to ${name} pass ${MAX_IMAGE_BYTES} bytes or ${MAX_FILES} files; name fewer`,
  );
}

/** The file at a path, through links; `undefined` when there is none. */
export function fileAt({ files, links }: UnpackedFiles, path: string): Uint8Array | undefined {
  let at = path;
  for (let hops = 0; hops < MAX_LINKS; hops++) {
    const file = files.get(at);
    if (file !== undefined) return file;
    const target = links.get(at);
    if (target === undefined) return undefined;
    at = target.slice(1);
  }
  return undefined;
}

/** The file at a path. Throws `InvalidInput` that names it when no package has it. */
export function neededFile(unpacked: UnpackedFiles, path: string, wantedBy: string): Uint8Array {
  const file = fileAt(unpacked, path);
  if (file !== undefined) return file;
  throw new InvalidInput(
    { code: "missingFile", name: path, wantedBy },
    `no package of the list has ${path}, which ${wantedBy} needs; add its package`,
  );
}
