import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { promisify } from "node:util";
import {
  DEFAULT_CACHE,
  type DownloadedPackage,
  downloadPackages,
  type ImageEntry,
  type ImageSource,
  NODE_PACKAGES,
  nodeImage,
  openJavaRuntime,
  PHP_PACKAGES,
  phpImage,
} from "@delchain/images";
import type { Manifest } from "@delchain/runtime";
import { toFunctionSelector } from "viem";
import { programClosure } from "../../../images/debian/closure.ts";
import { unpackPackages } from "../../../images/debian/unpack.ts";

const run = promisify(execFile);
const HERE = import.meta.dirname;

export type CauseLanguage = "c" | "java" | "php" | "python" | "node";

/** One file of a language's folder with the cause that its first comment names; `undefined` for none. */
export type CauseContract = {
  readonly name: string;
  readonly file: string;
  readonly cause: string | undefined;
};

/** All contracts of one language in one image, and what a manifest says of it. */
export type CauseImage = Pick<Manifest, "isolation" | "resources"> & {
  readonly contracts: readonly CauseContract[];
  readonly build: () => Promise<ImageSource>;
};

export async function causeImage(language: CauseLanguage): Promise<CauseImage> {
  const folder = join(HERE, language);
  const files = (await readdir(folder))
    .filter((file) => !/^(launcher|causes)\./i.test(file))
    .sort();
  const contracts = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), "utf8");
      const cause = /Its cause is (\w+)/.exec(text)?.[1];
      return { name: basename(file, extname(file)), file, cause };
    }),
  );
  const { isolation, resources, build } = BUILDERS[language];
  return { contracts, isolation, resources, build: () => build(folder, contracts) };
}

type Builder = Pick<Manifest, "isolation" | "resources"> & {
  readonly build: (folder: string, contracts: readonly CauseContract[]) => Promise<ImageSource>;
};

const BUILDERS: Readonly<Record<CauseLanguage, Builder>> = {
  c: { isolation: "fork", resources: "small", build: buildC },
  java: { isolation: "warm", resources: "medium", build: buildJava },
  php: { isolation: "warm", resources: "medium", build: buildPhp },
  python: { isolation: "fork", resources: "medium", build: buildPython },
  node: { isolation: "warm", resources: "medium", build: buildNode },
};

async function buildC(folder: string, contracts: readonly CauseContract[]): Promise<ImageSource> {
  const rows = contracts.map(({ name }) => `{0x${selectorOf(name)}, ${name}},`);
  const table = [
    ...contracts.map(({ name }) => `uint64_t ${name}(void);`),
    "static const struct { uint32_t selector; uint64_t (*run)(void); } contracts[] = {",
    ...rows,
    "};",
  ].join("\n");
  const program = await inTemporary(async (temporary) => {
    await writeFile(join(temporary, "contracts.h"), table);
    const sources = ["launcher.c", ...contracts.map(({ file }) => file)];
    const flags = [
      "-static",
      "-O1",
      "-pthread",
      "-I",
      temporary,
      "-o",
      join(temporary, "contracts"),
    ];
    await run("gcc", [...sources, ...flags, "-lm"], { cwd: folder });
    return await readFile(join(temporary, "contracts"));
  });
  return image([[{ kind: "file", path: "contracts", mode: 0o755, data: program }]], ["/contracts"]);
}

async function buildPython(
  folder: string,
  contracts: readonly CauseContract[],
): Promise<ImageSource> {
  const packages = await unpackPackages(
    await debianPackages([
      "libc6",
      "libexpat1",
      "libpython3.11-minimal",
      "python3.11-minimal",
      "zlib1g",
    ]),
  );
  const library = [...packages.files].filter(([path]) =>
    /^usr\/lib\/python3.11\/.+\.py$/.test(path),
  );
  const program = { from: "usr/bin/python3.11", to: "usr/bin/python3" };
  const python = [
    ...programClosure(packages, [program]),
    ...library.map(([path, data]) => text(path, data)),
  ];
  return image(
    [python, await ownFiles(folder, contracts, "launcher.py")],
    ["/usr/bin/python3", "-B", "-S", "/app/launcher.py"],
  );
}

async function buildPhp(folder: string, contracts: readonly CauseContract[]): Promise<ImageSource> {
  const packages = await debianPackages(PHP_PACKAGES);
  const none = { main: "none.php", sources: { "none.php": "<?php" } };
  const { layers } = await phpImage(packages, none);
  return image(
    [...layers, await ownFiles(folder, contracts, "launcher.php", "app/causes")],
    ["/usr/bin/php", "-c", "/app/php.ini", "/app/causes/launcher.php"],
  );
}

async function buildNode(
  folder: string,
  contracts: readonly CauseContract[],
): Promise<ImageSource> {
  const packages = await debianPackages(NODE_PACKAGES);
  const { layers } = await nodeImage(packages, { main: "none.js", sources: { "none.js": "" } });
  return image(
    [...layers, await ownFiles(folder, contracts, "launcher.js", "app/causes")],
    ["/usr/bin/node", "--jitless", "--max-old-space-size=16", "/app/causes/launcher.js"],
  );
}

async function buildJava(
  folder: string,
  contracts: readonly CauseContract[],
): Promise<ImageSource> {
  const { jdk, layer } = await openJavaRuntime(DEFAULT_CACHE, () => undefined);
  const classes = await inTemporary(async (temporary) => {
    const sources = ["Launcher.java", ...contracts.map(({ file }) => file)];
    await run(join(jdk.home, "bin/javac"), ["-d", temporary, ...sources], { cwd: folder });
    const names = await readdir(temporary);
    return Promise.all(
      names.map(async (name) => text(`app/${name}`, await readFile(join(temporary, name)))),
    );
  });
  const options = ["-Xmx20m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "/app"];
  return image(
    [layer, [...classes, text("app/contracts.txt", tableOf(contracts))]],
    ["/jre/bin/java", ...options, "Launcher"],
  );
}

function image(layers: ImageSource["layers"], entrypoint: readonly string[]): ImageSource {
  return { platform: "linux/amd64", layers, config: { entrypoint } };
}

/** Launcher, contracts, and a table of them by selector. */
async function ownFiles(
  folder: string,
  contracts: readonly CauseContract[],
  launcher: string,
  place = "app",
): Promise<readonly ImageEntry[]> {
  const files = [launcher, ...contracts.map(({ file }) => file)];
  return [
    text(`${place}/contracts.txt`, tableOf(contracts)),
    ...(await Promise.all(
      files.map(async (file) => text(`${place}/${file}`, await readFile(join(folder, file)))),
    )),
  ];
}

function tableOf(contracts: readonly CauseContract[]): Uint8Array {
  return Buffer.from(contracts.map(({ name }) => `${selectorOf(name)} ${name}\n`).join(""));
}

function debianPackages(names: readonly string[]): Promise<readonly DownloadedPackage[]> {
  return downloadPackages(names, join(DEFAULT_CACHE, "debian"), () => undefined);
}

function text(path: string, data: Uint8Array): ImageEntry {
  return { kind: "file", path, mode: 0o644, data };
}

function selectorOf(name: string): string {
  return toFunctionSelector(`${name}()`).slice(2);
}

async function inTemporary<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-causes-"));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
