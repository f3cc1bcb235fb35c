import { type Headers, pack } from "tar-stream";
import type { ImageEntry } from "./entries.ts";

// One instant for every file of every image: a date would be the only thing that differs between two builds.
export const EPOCH: Date = new Date(0);

/** The entries as a ustar archive, in the order given, all owned by root and dated 1970. */
export async function encodeTar(entries: readonly ImageEntry[]): Promise<Uint8Array> {
  const archive = pack();
  const chunks: Buffer[] = [];
  const collected = (async (): Promise<void> => {
    for await (const chunk of archive) chunks.push(chunk);
  })();
  for (const entry of entries) {
    const data = entry.kind === "file" ? Buffer.from(entry.data) : undefined;
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve());
      if (data === undefined) archive.entry(headerOf(entry), done);
      else archive.entry(headerOf(entry), data, done);
    });
  }
  archive.finalize();
  await collected;
  return Buffer.concat(chunks);
}

function headerOf(entry: ImageEntry): Headers {
  const header = { name: entry.path, type: entry.kind, uid: 0, gid: 0, mtime: EPOCH };
  if (entry.kind === "symlink") return { ...header, mode: 0o777, linkname: entry.target };
  return { ...header, mode: entry.mode };
}
