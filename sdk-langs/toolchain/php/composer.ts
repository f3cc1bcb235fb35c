import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { CompileFailed } from "../diagnostic.ts";

const OWN = "composer.json";
const INSTALLED = "vendor/composer/installed.json";
const CLASSMAP = "vendor/composer/autoload_classmap.php";
/** A line of it, as Composer writes them: `'Acme\\Math' => $vendorDir . '/acme/math/Math.php',`. */
const MAPPED = /^\s*'((?:[^'\\]|\\.)+)' => \$(vendorDir|baseDir) \. '\/([^']+)',$/gm;

/** What Composer loads of the project itself or of one package. Paths are relative to the project, with `/`. */
export type Autoload = {
  readonly folder: string;
  /** Folders by the prefix of names that lie below them. */
  readonly psr4: readonly (readonly [prefix: string, folder: string])[];
  /** Files and folders to look through for classes. */
  readonly classmap: readonly string[];
  /** Files that are always loaded: functions and constants. */
  readonly files: readonly string[];
};

export type Composer = {
  readonly own: Autoload;
  readonly packages: readonly Autoload[];
  /** Files by classes, of what Composer has looked through already. */
  readonly classes: ReadonlyMap<string, string>;
};

type Paths = string | readonly string[];
type Section = {
  readonly "psr-4"?: Readonly<Record<string, Paths>>;
  readonly classmap?: readonly string[];
  readonly files?: readonly string[];
};
type Package = { readonly "install-path"?: string; readonly autoload?: Section };

/**
 * Reads what Composer would load: the project's own `autoload`, each installed package's, and the map of classes that
 * Composer has made. Files that are not there say nothing. Throws `CompileFailed` for one that is no JSON.
 */
export function readComposer(root: string): Composer {
  const own = readJson<{ readonly autoload?: Section }>(root, OWN);
  const installed = readJson<{ readonly packages?: readonly Package[] }>(root, INSTALLED);
  return {
    own: autoloadOf(own?.autoload, ""),
    packages: (installed?.packages ?? []).map((one) =>
      autoloadOf(one.autoload, posix.join("vendor/composer", one["install-path"] ?? "")),
    ),
    classes: readClassmap(root),
  };
}

function readClassmap(root: string): ReadonlyMap<string, string> {
  if (!existsSync(join(root, CLASSMAP))) return new Map();
  const lines = [...readFileSync(join(root, CLASSMAP), "utf8").matchAll(MAPPED)];
  return new Map(
    lines.map(([, name = "", from, path = ""]) => [
      name.replaceAll("\\\\", "\\").toLowerCase(),
      from === "vendorDir" ? `vendor/${path}` : path,
    ]),
  );
}

function autoloadOf(section: Section | undefined, folder: string): Autoload {
  const at = (path: string): string => posix.join(folder, path);
  const psr4 = Object.entries(section?.["psr-4"] ?? {}).flatMap(([prefix, paths]) =>
    [paths].flat().map((path) => [prefix, at(path)] as const),
  );
  return {
    folder,
    psr4,
    classmap: (section?.classmap ?? []).map(at),
    files: (section?.files ?? []).map(at),
  };
}

function readJson<T>(root: string, path: string): T | undefined {
  if (!existsSync(join(root, path))) return undefined;
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")) as T;
  } catch (error) {
    const message = `${path} is no JSON: ${(error as Error).message}`;
    throw new CompileFailed([{ severity: "error", message, place: undefined }]);
  }
}

/** Where a class lies by PSR-4; the longest prefix comes first. */
export function psr4Path(root: string, autoload: Autoload, name: string): string | undefined {
  const fitting = autoload.psr4
    .filter(([prefix]) => name.startsWith(prefix))
    .sort(([left], [right]) => right.length - left.length);
  return fitting
    .map(([prefix, folder]) =>
      posix.join(folder, `${name.slice(prefix.length).replaceAll("\\", "/")}.php`),
    )
    .find((path) => existsSync(join(root, path)));
}

/** The files that say where classes lie, of those that a project has. */
export function composerInputs(root: string): readonly string[] {
  return [OWN, INSTALLED, CLASSMAP].filter((path) => existsSync(join(root, path)));
}
