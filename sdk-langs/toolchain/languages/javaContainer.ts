import { basename } from "node:path/posix";
import {
  DEFAULT_CACHE,
  javaContract,
  javaPackages,
  javaRuntimeInputs,
  openJavaRuntime,
} from "@delchain/images";
import { packageOf } from "@delchain/java";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import type { Abi } from "viem";
import { containerContract } from "../containerContract.ts";
import { containerFlags } from "../containerOptions.ts";
import { CompileFailed, parseJavac } from "../diagnostic.ts";
import { javaProgram, javaReader, writeSdkJar } from "../javaSources.ts";
import type { CompileRequest, CompileResult, ManifestNeeds, Toolchain } from "../toolchain.ts";
import { java } from "./java.ts";

const MANIFEST: ManifestNeeds = { resources: "small", isolation: "warm", determinism: "standard" };

/**
 * Java in a container: the contracts of the wasm tier on a Java that is put together from Debian's packages, none of
 * which is installed. A project names this tier in `delchain.json`.
 */
export const javaContainer: Toolchain = {
  ...java,
  tier: "container",
  manifest: MANIFEST,
  tools: async () => javaPackages(),
  flags: containerFlags,
  compile,
};

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  const files = javaProgram(root, source);
  const runtime = await openJavaRuntime(DEFAULT_CACHE, progress);
  await checkPackages(runtime.jdk.versions);
  progress(`${source}: compiling and verifying`);
  const name = basename(source, ".java");
  const inside = packageOf(files[source] ?? "");
  const main = `${inside === "" ? "" : `${inside}.`}${name}Program`;
  const { image, abi } = await explained(root, files, () =>
    javaContract(runtime, { main, sources: files }),
  );
  await writeSdkJar(root, progress);
  return {
    contracts: [
      {
        name,
        source,
        abi: abi as Abi,
        ...(await containerContract({
          root,
          name,
          abi: abi as Abi,
          image,
          manifest: MANIFEST,
        })),
        inputs: [...Object.keys(files), ...(await javaRuntimeInputs())],
      },
    ],
    warnings: [],
  };
}

/** Debian keeps no old packages at hand, and an image of others is another image. */
async function checkPackages(versions: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, version] of Object.entries(await javaPackages())) {
    if (versions[name] === version) continue;
    throw new Unavailable(
      name,
      `Debian has ${name} ${versions[name] ?? "no more"}, and Java's image is made of ${version}: npm run images -- --lock, where delchain lies, takes what there is now`,
    );
  }
}

async function explained<T>(
  root: string,
  files: Readonly<Record<string, string>>,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { name, read } = javaReader(root, Object.keys(files));
    throw new CompileFailed(parseJavac(asJavac(error.message), name, read));
  }
}

/** Paths as the project has them, and what the verifier says in the compiler's form. */
function asJavac(text: string): string {
  return text
    .replaceAll(/^\S*\/sources\//gm, "")
    .replaceAll(/^(\S+) \((\S+\.java)(:\d+)?\): (.+)$/gm, "$2$3: error: $1: $4");
}
