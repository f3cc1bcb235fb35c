import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { programClosure } from "../debian/closure.ts";
import { packageHashes, packageNotes } from "../debian/packageNotes.ts";
import type { DownloadedPackage } from "../debian/packages.ts";
import { neededFile, type UnpackedFiles, unpackPackages } from "../debian/unpack.ts";
import { hashInputs, WRITER } from "../inputs.ts";
import type { ImageEntry } from "../writer/entries.ts";
import type { BaseLayer, ImageSource } from "../writer/image.ts";

/** The packages that PHP and its libraries come from. The closure check names one that is missing here. */
export const PHP_PACKAGES: readonly string[] = [
  "libargon2-1",
  "libc6",
  "libgcc-s1",
  "libicu72",
  "liblzma5",
  "libpcre2-8-0",
  "libsodium23",
  "libssl3",
  "libstdc++6",
  "libxml2",
  "php8.2-bcmath",
  "php8.2-cli",
  "php8.2-common",
  "tzdata",
  "zlib1g",
];

/** PHP's extension folder carries the date of its extension interface. */
const EXTENSIONS = "usr/lib/php/20220829";
const EXTENSION_NAMES = ["bcmath", "ctype", "posix"];
/** Debian's PHP reads the machine's zone database, and warns on standard output without one. */
const ZONES = ["UTC", "tzdata.zi", "zone.tab"];

/** Where the contract's sources lie in the image. */
const CONTRACT_FOLDER = "app/contract";

const HERE = fileURLToPath(new URL("./", import.meta.url));
/** The packages of the published digest. */
export const PHP_LOCK: string = `${HERE}packages.json`;
/** Of the SDK, what both tiers that run PHP share, and the container's own part. */
const PHP_SDK: readonly string[] = ["src/", "container/"].map((part) =>
  fileURLToPath(new URL(`../../sdk-langs/php/${part}`, import.meta.url)),
);

/**
 * A contract in PHP: files by their path below the contract's folder, with Composer's `vendor` if there is one; which of
 * them declares the class; and what is loaded besides, where Composer does not.
 */
export type PhpContract = {
  readonly sources: Readonly<Record<string, string | Uint8Array>>;
  readonly main: string;
  readonly autoload?: PhpAutoload;
};

export type PhpAutoload = {
  /** Files by the classes that they declare. */
  readonly classes: Readonly<Record<string, string>>;
  /** Of functions: always loaded, unless Composer does. */
  readonly files: readonly string[];
};

/** An image with PHP, the launcher, the SDK and a contract, from Debian's packages unpacked in memory. */
export async function phpImage(
  packages: readonly DownloadedPackage[],
  contract: PhpContract,
): Promise<ImageSource> {
  const sources = Object.entries(contract.sources);
  return {
    platform: "linux/amd64",
    layers: [
      await phpLayer(packages),
      await sdkLayer(),
      [
        ...sources.map(([path, text]) => source(`${CONTRACT_FOLDER}/${path}`, text)),
        ...(contract.autoload
          ? [source("app/autoload.php", autoloadSource(contract.autoload))]
          : []),
      ],
    ],
    config: {
      entrypoint: phpEntrypoint(contract.main),
      labels: { "delchain.language": "php" },
    },
  };
}

async function phpLayer(packages: readonly DownloadedPackage[]): Promise<BaseLayer> {
  const inputs = ["images/php/image.ts", "images/debian", WRITER];
  return {
    key: await hashInputs(inputs, packageHashes(packages)),
    entries: async () => {
      const unpacked = await unpackPackages(packages);
      return [...interpreter(unpacked), ...zones(unpacked), ...packageNotes(packages)];
    },
  };
}

/** What serves a contract, and what it uses. */
async function sdkLayer(): Promise<BaseLayer> {
  const sdk = ["src", "container"].map((part) => `sdk-langs/php/${part}`);
  return {
    key: await hashInputs(["images/php", ...sdk, WRITER]),
    entries: async () => [
      source("app/launcher.php", readFileSync(`${HERE}launcher.php`, "utf8")),
      source("app/php.ini", readFileSync(`${HERE}php.ini`, "utf8")),
      ...PHP_SDK.flatMap((folder) =>
        readdirSync(folder).map((name) =>
          source(`app/sdk/${name}`, readFileSync(`${folder}${name}`, "utf8")),
        ),
      ),
    ],
  };
}

function phpEntrypoint(main: string): readonly string[] {
  const contract = `/${CONTRACT_FOLDER}/${main}`;
  return ["/usr/bin/php", "-c", "/app/php.ini", "/app/launcher.php", contract];
}

function interpreter(unpacked: UnpackedFiles): readonly ImageEntry[] {
  const extensions = EXTENSION_NAMES.map((name) => `${EXTENSIONS}/${name}.so`);
  return programClosure(unpacked, [
    { from: "usr/bin/php8.2", to: "usr/bin/php" },
    ...extensions.map((path) => ({ from: path, to: path })),
  ]);
}

function zones(unpacked: UnpackedFiles): readonly ImageEntry[] {
  return ZONES.map((name): ImageEntry => {
    const path = `usr/share/zoneinfo/${name}`;
    return { kind: "file", path, mode: 0o644, data: neededFile(unpacked, path, "PHP") };
  });
}

/** PHP that returns the same; classes are in lower case, as PHP compares their names. */
function autoloadSource({ classes, files }: PhpAutoload): string {
  const byClass = Object.entries(classes)
    .map(([name, path]) => `        ${literal(name.toLowerCase())} => ${literal(path)},\n`)
    .sort();
  const listed = files.map((path) => `        ${literal(path)},\n`);
  return `<?php\n\nreturn [\n    'classes' => [\n${byClass.join("")}    ],\n    'files' => [\n${listed.join("")}    ],\n];\n`;
}

function literal(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

function source(path: string, text: string | Uint8Array): ImageEntry {
  return { kind: "file", path, mode: 0o644, data: Buffer.from(text) };
}
