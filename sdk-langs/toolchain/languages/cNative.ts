import { basename } from "node:path/posix";
import { C_PROGRAM_FLAGS, C_TOOLS, cImage, compileProgram, foreignTools } from "@delchain/images";
import { Unavailable } from "@delchain/runtime";
import { declaredAbi } from "../cDeclarations.ts";
import { containerContract } from "../containerContract.ts";
import { containerFlags } from "../containerOptions.ts";
import { CompileFailed, parseClang } from "../diagnostic.ts";
import { readInputText } from "../input.ts";
import type {
  CompileRequest,
  CompileResult,
  ManifestNeeds,
  Toolchain,
  Tools,
} from "../toolchain.ts";
import { cContainer, cInputs } from "./cContainer.ts";

const MANIFEST: ManifestNeeds = { resources: "small", isolation: "fork", determinism: "strict" };

/**
 * C in a container of its own, without WASI: a static program from scratch, which Docker runs. It forks for each call
 * and is as fast as the machine; in return it wants the pinned gcc where it is built: another one makes other bytes.
 */
export const cNative: Toolchain = {
  ...cContainer,
  platform: "linux/amd64",
  manifest: MANIFEST,
  tools,
  flags: (root) => [...C_PROGRAM_FLAGS, ...containerFlags(root)],
  compile,
};

async function tools(): Promise<Tools> {
  const foreign = await foreignTools();
  if (foreign.length === 0) {
    return Object.fromEntries(C_TOOLS.map(({ tool, version }) => [tool, version]));
  }
  throw new Unavailable(
    "gcc",
    `C for linux/amd64 wants the tools that make the same bytes everywhere: ${foreign.join("; ")}. Install Debian 12's ` +
      '(apt-get install gcc binutils), or build for WASI, which needs npm only: "platform": "wasi/wasm" in delchain.json',
  );
}

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  progress(`gcc: ${source}`);
  const name = basename(source, ".c");
  const abi = declaredAbi(root, source);
  const contract = await containerContract({
    root,
    name,
    abi,
    image: cImage(await compiled(root, source)),
    manifest: MANIFEST,
  });
  const inputs = cInputs(root, source);
  return { contracts: [{ name, source, abi, ...contract, inputs }], warnings: [] };
}

async function compiled(root: string, source: string): Promise<Uint8Array> {
  try {
    return await compileProgram(source, { folder: root });
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Unavailable) throw error;
    throw new CompileFailed(parseClang(error.message, (file) => readInputText(root, file)));
  }
}
