import type { CompilerAnswer } from "./compile.ts";
import { ContractTransform } from "./transform/transform.ts";

// One compilation, asked for by the parent process; ends when it has answered.

type Job = {
  readonly main: string;
  readonly files: Readonly<{ [path: string]: string }>;
  readonly flags: readonly string[];
  readonly isContract: boolean;
};

/** The part of AssemblyScript's command line that is used here; its own types bring globals into every file. */
type Asc = {
  main(
    argv: readonly string[],
    options: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array | string): void;
      listFiles(): readonly string[];
      transforms: readonly ContractTransform[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
};

const OUTPUT = "contract.wasm";
const SOURCE_MAP = `${OUTPUT}.map`;
const ASC: string = "assemblyscript/asc";

async function compile({ main, files, flags, isContract }: Job): Promise<CompilerAnswer> {
  const asc = (await import(ASC)) as Asc;
  const transform = new ContractTransform();
  let module: Uint8Array | undefined;
  let sourceMap = "";
  const { error, stderr } = await asc.main([main, "-o", OUTPUT, ...flags], {
    readFile: (name) => files[name] ?? null,
    writeFile: (name, contents) => {
      if (name === OUTPUT && typeof contents !== "string") module = contents;
      if (name === SOURCE_MAP) sourceMap = String(contents);
    },
    listFiles: () => [],
    transforms: isContract ? [transform] : [],
  });
  if (error !== null || module === undefined) {
    return { error: `${stderr.toString()}${error?.message ?? ""}` };
  }
  return { module, abi: transform.abi, sourceMap, functions: transform.functions };
}

function answer(text: CompilerAnswer): void {
  process.send?.(text, () => process.disconnect?.());
}

process.once("message", (job: Job) => {
  compile(job).then(answer, (error: unknown) => answer({ error: String(error) }));
});
