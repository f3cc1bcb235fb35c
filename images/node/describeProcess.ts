import { existsSync, readFileSync } from "node:fs";
import { isBuiltin, registerHooks, stripTypeScriptTypes } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packageFolder, packagePlace } from "@delchain/node/build";
import { abiOf } from "@delchain/node/host";
import { moduleRefusal } from "@delchain/node/remedies";
import type { DescribeAnswer, DescribeJob, DescribeRefusal } from "./describe.ts";
import { lockRealm } from "./launcher/realm.ts";

// One contract's module, loaded as in its image; ends when it has answered.

const SDK = "@delchain/node";
const PACKAGES = "node_modules/";
const sdk = import.meta.resolve(SDK);
// The realm's own are taken away.
const send = process.send?.bind(process);
const disconnect = process.disconnect?.bind(process);

/** URLs of what the contract consists of. */
const loaded = new Set<string>();
/** Where packages come from, by their places. */
const packages = new Map<string, string>();
const files: Record<string, string> = {};

process.once("message", (job: DescribeJob) => void describe(job).then(answer));

function answer(message: DescribeAnswer): void {
  send?.(message, () => disconnect?.());
}

async function describe({ root, main }: DescribeJob): Promise<DescribeAnswer> {
  const url = pathToFileURL(join(root, main)).href;
  loaded.add(url);
  hook(root);
  lockRealm(() => undefined);
  try {
    const exported = Object.values((await import(url)) as Readonly<Record<string, unknown>>);
    return { abi: abiOf(exported), files };
  } catch (error) {
    return { refused: refusalOf(error, root, main) };
  }
}

function hook(root: string): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL = "" } = context;
      if (!loaded.has(parentURL)) return nextResolve(specifier, context);
      if (specifier === SDK) return { url: sdk, format: "module-typescript", shortCircuit: true };
      if (isBuiltin(specifier)) {
        throw new Error(`${moduleRefusal(specifier)} (imported by ${placeOf(root, parentURL)})`);
      }
      const resolved = nextResolve(specifier, context);
      placeOf(root, resolved.url);
      loaded.add(resolved.url);
      return resolved;
    },
    load(url, context, nextLoad) {
      if (!loaded.has(url)) return nextLoad(url, context);
      const path = fileURLToPath(url);
      const place = placeOf(root, url);
      const text = readFileSync(path, "utf8");
      files[place] = text;
      if (place.startsWith(PACKAGES)) keepDescriptions(path, place);
      else if (place.endsWith(".ts")) {
        return { format: "module", source: stripTypeScriptTypes(text), shortCircuit: true };
      }
      return nextLoad(url, context);
    },
  });
}

/** Where a file lies in the image. Throws an `Error` for one that cannot lie there as Node finds it. */
function placeOf(root: string, url: string): string {
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const own = relative(root, path).split(sep).join("/");
  if (!own.includes(PACKAGES) && !own.startsWith("../") && path !== url) return own;
  const place = packagePlace(own);
  if (place === undefined) {
    throw new Error(
      `${path} lies neither in the project nor in its node_modules, as npm or pnpm lays them out; a contract's image has only those`,
    );
  }
  checkVersion(path, place);
  return place;
}

/** In the image packages lie as npm lays them out, so that its digest does not tell what has installed them. */
function checkVersion(path: string, place: string): void {
  const folder = packageFolder(place);
  const from = path.slice(0, path.length - (place.length - folder.length));
  const other = packages.get(folder) ?? from;
  packages.set(folder, other);
  if (other === from) return;
  throw new Error(
    `${from} and ${other} are two versions of ${folder.split(PACKAGES).at(-1)}, and a contract's image has one: choose it by pnpm's overrides, or install with npm`,
  );
}

/** Each `package.json` between a package's file and its folder: it says how Node reads the file. */
function keepDescriptions(path: string, place: string): void {
  let [folder, at] = [dirname(path), dirname(place)];
  while (!/(?:^|\/)node_modules(?:\/@[^/]+)?$/.test(at)) {
    const description = join(folder, "package.json");
    if (existsSync(description)) {
      files[`${at}/package.json`] = readFileSync(description, "utf8");
    }
    [folder, at] = [dirname(folder), dirname(at)];
  }
}

/** What is told of an error, with the place in the project that it names first. */
function refusalOf(error: unknown, root: string, main: string): DescribeRefusal {
  if (!(error instanceof Error)) return { message: `${main} throws ${error}`, place: undefined };
  const { message, stack = "" } = error;
  const prefix = pathToFileURL(`${root}${sep}`).href;
  for (const line of stack.split("\n")) {
    const at = line.indexOf(prefix);
    const found = at < 0 ? null : /^(.+?):(\d+)(?::(\d+))?\)?$/.exec(line.slice(at));
    if (found === null || !loaded.has(found[1] ?? "")) continue;
    const [, url = "", lineNumber, column = "1"] = found;
    const place = {
      file: placeOf(root, url),
      line: Number(lineNumber),
      column: Number(column),
    };
    return { message, place };
  }
  return { message, place: undefined };
}
