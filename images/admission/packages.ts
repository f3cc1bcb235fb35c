import { unzipSync } from "fflate";
import type { ImageFiles } from "./imageFiles.ts";
import { MAX_JAR_BYTES, MAX_PACKAGE_FILE_BYTES } from "./limits.ts";

/** A piece of software in an image. */
export type ImagePackage = {
  readonly name: string;
  readonly version: string;
  /** Its package URL (ECMA-427): `pkg:deb/debian/libc6@2.36-9?arch=amd64`. */
  readonly purl: string;
};

type Reader = {
  readonly paths: RegExp;
  readonly limit: number;
  /** Never throws: what cannot be read names no package. */
  readonly read: (bytes: Buffer, path: string, system: string) => readonly ImagePackage[];
};

const READERS: readonly Reader[] = [
  { paths: /^var\/lib\/dpkg\/status(\.d\/[^/]+)?$/, limit: MAX_PACKAGE_FILE_BYTES, read: debian },
  { paths: /^(usr\/)?lib\/apk\/db\/installed$/, limit: MAX_PACKAGE_FILE_BYTES, read: alpine },
  {
    paths: /(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/,
    limit: MAX_PACKAGE_FILE_BYTES,
    read: npm,
  },
  {
    paths: /(^|\/)vendor\/composer\/installed\.json$/,
    limit: MAX_PACKAGE_FILE_BYTES,
    read: composer,
  },
  {
    paths: /\.(dist-info\/METADATA|egg-info\/PKG-INFO)$/,
    limit: MAX_PACKAGE_FILE_BYTES,
    read: python,
  },
  { paths: /\.(jar|war|ear)$/, limit: MAX_JAR_BYTES, read: jar },
];

/** The packages that an image says it has, each once, ordered by their URL. */
export async function findPackages(files: ImageFiles): Promise<readonly ImagePackage[]> {
  const found = new Map<string, ImagePackage>();
  const system = await systemOf(files);
  for (const path of files.nodes.keys()) {
    for (const { paths, limit, read } of READERS) {
      if (!paths.test(path)) continue;
      const bytes = await files.read(path, limit);
      for (const one of bytes === undefined ? [] : read(bytes, path, system))
        found.set(one.purl, one);
    }
  }
  return [...found.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

/** Whose packages an image has: `debian`, `ubuntu` (os-release(5)). */
async function systemOf(files: ImageFiles): Promise<string> {
  const release =
    (await files.read("etc/os-release", MAX_PACKAGE_FILE_BYTES)) ??
    (await files.read("usr/lib/os-release", MAX_PACKAGE_FILE_BYTES));
  return /^ID="?([a-z0-9._-]+)"?$/m.exec(release?.toString() ?? "")?.[1] ?? "";
}

function debian(bytes: Buffer, _path: string, system: string): readonly ImagePackage[] {
  return stanzas(bytes).flatMap((fields) => {
    const status = fields.get("Status");
    if (status !== undefined && !status.endsWith(" installed")) return [];
    const arch = fields.get("Architecture");
    return packageOf(
      "deb",
      [system || "debian"],
      fields.get("Package"),
      fields.get("Version"),
      arch,
    );
  });
}

function alpine(bytes: Buffer, _path: string, system: string): readonly ImagePackage[] {
  return stanzas(bytes).flatMap((fields) =>
    packageOf("apk", [system || "alpine"], fields.get("P"), fields.get("V"), fields.get("A")),
  );
}

function npm(bytes: Buffer): readonly ImagePackage[] {
  const { name, version } = jsonObject(bytes);
  if (typeof name !== "string" || typeof version !== "string") return [];
  const parts = name.split("/");
  return packageOf("npm", parts.slice(0, -1), parts.at(-1), version);
}

function composer(bytes: Buffer): readonly ImagePackage[] {
  const { packages } = jsonObject(bytes);
  return (Array.isArray(packages) ? packages : []).flatMap((one) => {
    const { name, version } = objectOf(one);
    if (typeof name !== "string" || typeof version !== "string") return [];
    const parts = name.split("/");
    return packageOf("composer", parts.slice(0, -1), parts.at(-1), version.replace(/^v/, ""));
  });
}

function python(bytes: Buffer): readonly ImagePackage[] {
  const [fields] = stanzas(bytes);
  const name = fields
    ?.get("Name")
    ?.toLowerCase()
    .replaceAll(/[-_.]+/g, "-");
  return packageOf("pypi", [], name, fields?.get("Version"));
}

/** Maven writes a description of each artefact that a jar was made of; others say only what the whole is. */
function jar(bytes: Buffer): readonly ImagePackage[] {
  let entries: ReturnType<typeof unzipSync>;
  // Of all that is unpacked: a jar may say of thousands of descriptions that they are as large as one may be.
  let left = MAX_PACKAGE_FILE_BYTES;
  try {
    entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!/^META-INF\/(MANIFEST\.MF|maven\/.*\/pom\.properties)$/.test(name)) return false;
        left -= originalSize;
        return left >= 0;
      },
    });
  } catch {
    return [];
  }
  const poms = Object.entries(entries).filter(([name]) => name.endsWith("pom.properties"));
  if (poms.length > 0) {
    return poms.flatMap(([, text]) => {
      const fields = new Map(
        [
          ...Buffer.from(text)
            .toString()
            .matchAll(/^(\w+)=(.*?)\r?$/gm),
        ].map(([, key = "", value = ""]) => [key, value]),
      );
      return packageOf(
        "maven",
        [fields.get("groupId") ?? ""],
        fields.get("artifactId"),
        fields.get("version"),
      );
    });
  }
  const [fields] = stanzas(Buffer.from(entries["META-INF/MANIFEST.MF"] ?? []));
  const name = fields?.get("Bundle-SymbolicName") ?? fields?.get("Implementation-Title");
  const version = fields?.get("Bundle-Version") ?? fields?.get("Implementation-Version");
  return packageOf("maven", [], name?.split(";")[0], version);
}

/** `Key: value` or `K:value` by line, records apart by an empty one; lines that go on are left out. */
function stanzas(bytes: Buffer): readonly ReadonlyMap<string, string>[] {
  return bytes
    .toString()
    .split(/\r?\n\r?\n/)
    .map(
      (stanza) =>
        new Map(
          [...stanza.matchAll(/^([A-Za-z][\w-]*): ?(.*?)\r?$/gm)].map(
            ([, key = "", value = ""]) => [key, value],
          ),
        ),
    );
}

function jsonObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(bytes.toString()));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function packageOf(
  type: string,
  namespace: readonly string[],
  name: string | undefined,
  version: string | undefined,
  arch?: string,
): readonly ImagePackage[] {
  if (!name || !version) return [];
  const path = [type, ...namespace.filter((part) => part !== ""), name].map(encodePart).join("/");
  const qualifiers = arch === undefined ? "" : `?arch=${encodePart(arch)}`;
  return [
    {
      name: [...namespace.filter(() => type === "npm" || type === "composer"), name].join("/"),
      version,
      purl: `pkg:${path}@${encodePart(version)}${qualifiers}`,
    },
  ];
}

/** Percent signs for all but what a package URL leaves as it is. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%3A", ":");
}
