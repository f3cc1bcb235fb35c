import { CODE_KINDS, FILE_MARK, PAYLOAD_BYTES_MAX } from "@delchain/runtime";
import { CompileFailed, type Diagnostic } from "../diagnostic.ts";
import { filesBeside } from "../projectFiles.ts";
import { type Composer, psr4Path, readComposer } from "./composer.ts";
import { type Inspection, inspectPhp, type PhpTierName } from "./inspectPhp.ts";
import { readPhp } from "./readPhp.ts";

/** What a contract's class comes to with all that it names, from its own folder and from Composer's packages. */
export type JoinedPhp = {
  /** By path in the project; the contract's own file is the first. */
  readonly files: ReadonlyMap<string, PhpFile>;
};

export type PhpFile = {
  readonly text: string;
  /** For which it is loaded; none for what always is. */
  readonly classes: readonly string[];
};

const OPEN_TAG = "<?php";
/** What others wrote is not held to a contract's rules: a package may have a clock and never ask it. */
const FOREIGN = "vendor/";
const SDK = "DelChain\\";

/**
 * Finds the files that a contract is made of: its own, and those of every class that one of them names. Throws
 * `CompileFailed` with all syntax errors, or all calls that a contract may not make and classes that are nowhere.
 */
export function joinPhp(root: string, main: string, tier: PhpTierName): JoinedPhp {
  const index = new ClassIndex(root, main, tier);
  // What a file declares that does not parse, nobody knows.
  if (index.broken.length > 0) throw new CompileFailed(index.broken);
  const files = new Map<string, PhpFile>();
  const found: Diagnostic[] = [];
  let next: readonly string[] = [main, ...index.ownFiles];
  while (next.length > 0) {
    const inspected = index.inspect(next);
    for (const [path, { text, inspection }] of inspected) {
      const isAlways = index.alwaysLoaded.has(path);
      files.set(path, { text, classes: isAlways ? [] : inspection.declared });
      if (inspection.error) found.push(inspection.error);
      if (path.startsWith(FOREIGN)) continue;
      const { unknown, refused } = inspection;
      const missing = unknown.filter(({ name }) => index.filesOf(name).length === 0);
      found.push(...refused, ...missing.map(({ diagnostic }) => diagnostic));
    }
    const named = [...inspected.values()].flatMap(({ inspection }) => inspection.named);
    const paths = new Set(named.flatMap((name) => index.filesOf(name)));
    next = [...paths].filter((path) => !files.has(path)).sort();
  }
  if (found.length > 0) throw new CompileFailed(found);
  return { files };
}

/**
 * One source of all files, as `Source` of the PHP SDK reads it: a line with path and classes, then the file without its
 * tag.
 */
export function encodeJoined({ files }: JoinedPhp): Uint8Array {
  const parts = [...files].map(([path, { text, classes }]) => {
    const head = [path, ...classes].join(" ");
    return `\n${FILE_MARK}${head}\n${text.slice(OPEN_TAG.length)}`;
  });
  return new TextEncoder().encode(OPEN_TAG + parts.join(""));
}

/** Throws `CompileFailed` for a source that is more than a creation may carry. */
export function checkSize(source: Uint8Array, { files }: JoinedPhp): void {
  const most = PAYLOAD_BYTES_MAX[CODE_KINDS.php];
  if (source.length <= most) return;
  const sizes = [...files].map(([path, { text }]) => `${path} ${Buffer.byteLength(text)}`);
  throw new CompileFailed([
    {
      severity: "error",
      message:
        `the contract's files have ${source.length} bytes together; a source has at most ${most}: ` +
        `name fewer classes, or use the container tier (${sizes.join(", ")})`,
      place: undefined,
    },
  ]);
}

type Inspected = { readonly text: string; readonly inspection: Inspection };

/** Which file has which class, as Composer would find it. Files are inspected when a class may be in them. */
class ClassIndex {
  /** Files of functions that the project itself always loads. */
  readonly ownFiles: readonly string[];
  /** Files of functions: their classes are there when the functions are. */
  readonly alwaysLoaded: ReadonlySet<string>;
  /** Syntax errors among the project's own classes. */
  readonly broken: readonly Diagnostic[];
  readonly #known = new Map<string, Inspected>();
  readonly #root: string;
  readonly #tier: PhpTierName;
  readonly #composer: Composer;
  /** By lower-case name, of the project's files that were looked through for classes. */
  readonly #mapped = new Map<string, string>();

  constructor(root: string, main: string, tier: PhpTierName) {
    this.#root = root;
    this.#tier = tier;
    this.#composer = readComposer(root);
    const { own, packages } = this.#composer;
    this.ownFiles = own.files;
    this.alwaysLoaded = new Set([own, ...packages].flatMap(({ files }) => files));
    // Among the contracts a file may be called as it likes.
    const [folder = "", ...below] = main.split("/");
    const places = [...own.classmap, below.length > 0 ? folder : "."];
    const paths = places.flatMap((path) => filesBeside(root, path, ".php"));
    for (const [path, { inspection }] of this.inspect([...new Set(paths)])) {
      for (const name of inspection.declared) this.#mapped.set(name.toLowerCase(), path);
    }
    this.broken = [...this.#known.values()].flatMap(({ inspection }) => inspection.error ?? []);
  }

  /** Each file once, whoever asks again. */
  inspect(paths: readonly string[]): ReadonlyMap<string, Inspected> {
    const unread = paths.filter((path) => !this.#known.has(path));
    const texts = new Map(unread.map((path) => [path, readPhp(this.#root, path)]));
    for (const [path, inspection] of inspectPhp(texts, this.#tier)) {
      this.#known.set(path, { text: texts.get(path) as string, inspection });
    }
    return new Map(paths.map((path) => [path, this.#known.get(path) as Inspected]));
  }

  /** The file that declares a class, and the files of functions that its package loads with it. */
  filesOf(name: string): readonly string[] {
    if (name.startsWith(SDK)) return [];
    const { own, packages, classes } = this.#composer;
    const mapped = this.#mapped.get(name.toLowerCase()) ?? classes.get(name.toLowerCase());
    if (mapped !== undefined) {
      const owner = packages.find(({ folder }) => mapped.startsWith(`${folder}/`));
      return [mapped, ...(owner?.files ?? [])];
    }
    for (const autoload of [own, ...packages]) {
      const path = psr4Path(this.#root, autoload, name);
      if (path !== undefined) return [path, ...autoload.files];
    }
    return [];
  }
}
