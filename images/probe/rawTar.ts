import { createHash } from "node:crypto";

/** A tar entry as a test wants it, right or wrong. */
export type RawEntry = {
  readonly name: string;
  readonly type?: string;
  readonly mode?: number;
  readonly target?: string;
  readonly data?: Uint8Array | string;
  /** What the header says in place of the data's length, 11 octal digits or other text. */
  readonly size?: string;
  readonly magic?: string;
  readonly sum?: string;
};

const END: Buffer = Buffer.alloc(1024);
const HASH = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Entries, and the end of a tar. */
export function rawTar(...entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), END]);
}

/** One entry: header by POSIX.1-1988's table of fields, content, padding. */
export function rawEntry({
  name,
  type = "0",
  mode = 0o644,
  target = "",
  data = "",
  size,
  magic = "ustar\x0000",
  sum,
}: RawEntry): Buffer {
  const content = Buffer.from(data);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100, "latin1");
  header.write(size ?? `${content.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write(type, 156, "latin1");
  header.write(target, 157, 100);
  header.write(magic, 257, "latin1");
  header.write(" ".repeat(8), 148, "latin1");
  const total = header.reduce((before, byte) => before + byte, 0);
  header.write(sum ?? `${total.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A pax record of one key, which counts its own length. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length++;
  return `${length} ${key}=${value}\n`;
}

export type RawImage = {
  /** As they lie in the archive. */
  readonly layers: readonly Uint8Array[];
  /** What the configuration calls them; hashes of the layers unless told. */
  readonly diffIds?: readonly string[];
  /** Put over the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Put over manifest.json's one entry. */
  readonly manifest?: Readonly<Record<string, unknown>>;
};

export type RawArchive = { readonly digest: `sha256:${string}`; readonly archive: Buffer };

/** A docker-archive. */
export function dockerArchive({ layers, diffIds, config, manifest }: RawImage): RawArchive {
  const configuration = rawConfig(
    diffIds ?? layers.map((layer) => `sha256:${HASH(layer)}`),
    config,
  );
  const name = `${HASH(configuration)}.json`;
  const entry = {
    Config: name,
    RepoTags: ["somebody/else:latest"],
    Layers: layers.map((_, at) => `layer${at}/layer.tar`),
    ...manifest,
  };
  const files = layers.map((data, at) => ({ name: `layer${at}/layer.tar`, data }));
  const archive = rawTar({ name, data: configuration }, ...files, {
    name: "manifest.json",
    data: JSON.stringify([entry]),
  });
  return { digest: `sha256:${HASH(configuration)}`, archive };
}

/** An OCI layout in a tar, with what a builder attests beside the image. */
export function ociArchive({ layers, diffIds, config }: RawImage): RawArchive {
  const configuration = rawConfig(
    diffIds ?? layers.map((layer) => `sha256:${HASH(layer)}`),
    config,
  );
  const descriptor = (data: Uint8Array) => ({ digest: `sha256:${HASH(data)}`, size: data.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: descriptor(configuration),
      layers: layers.map(descriptor),
    }),
  );
  const attested = Buffer.from("{}");
  const index = Buffer.from(
    JSON.stringify({
      manifests: [
        { ...descriptor(manifest), platform: { os: "linux", architecture: "amd64" } },
        { ...descriptor(attested), platform: { os: "unknown", architecture: "unknown" } },
      ],
    }),
  );
  const outer = { schemaVersion: 2, manifests: [descriptor(index)] };
  const blobs = [...new Set([configuration, manifest, index, ...layers])];
  const archive = rawTar(
    { name: "oci-layout", data: '{"imageLayoutVersion":"1.0.0"}' },
    ...blobs.map((data) => ({ name: `blobs/sha256/${HASH(data)}`, data })),
    { name: "index.json", data: JSON.stringify(outer) },
  );
  return { digest: `sha256:${HASH(configuration)}`, archive };
}

function rawConfig(diffIds: readonly string[], over: RawImage["config"]): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Entrypoint: ["/own"], Volumes: null, Healthcheck: { Test: ["NONE"] } },
      rootfs: { type: "layers", diff_ids: diffIds },
      ...over,
    }),
  );
}
