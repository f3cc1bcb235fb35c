import type { CompilerAnswer } from "./compile.ts";

// One compilation, asked for by the parent process; ends when it has answered.

type Job = {
  readonly main: string;
  readonly files: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
};

/** A file tree as clang's virtual file system wants it: folders are nested records. */
type Tree = { [name: string]: Tree | string };

const OUTPUT = "contract.wasm";

function treeOf(files: Readonly<Record<string, string>>): Tree {
  const root: Tree = {};
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split("/");
    const name = parts.pop() as string;
    let folder = root;
    for (const part of parts) {
      folder[part] ??= {};
      folder = folder[part] as Tree;
    }
    folder[name] = text;
  }
  return root;
}

async function compile({ main, files, flags }: Job): Promise<CompilerAnswer> {
  const { commands } = await import("@yowasp/clang");
  let messages = "";
  try {
    // Loading is a step of its own, because only here the package can be kept from reporting it on stdout.
    await commands.clang(null as unknown as string[], {}, { fetchProgress: () => {} });
    const output = await commands.clang([main, "-o", OUTPUT, "-I.", ...flags], treeOf(files), {
      stdout: () => {},
      stderr: (bytes: Uint8Array | null) => {
        if (bytes !== null) messages += new TextDecoder().decode(bytes);
      },
    });
    const module = output?.[OUTPUT];
    if (module instanceof Uint8Array) return { module, messages };
    return { error: messages };
  } catch (error) {
    return { error: messages === "" ? String(error) : messages };
  }
}

function answer(text: CompilerAnswer): void {
  process.send?.(text, () => process.disconnect?.());
}

process.once("message", (job: Job) => {
  compile(job).then(answer, (error: unknown) => answer({ error: String(error) }));
});
