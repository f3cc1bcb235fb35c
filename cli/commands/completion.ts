import type { Command } from "commander";

export const SHELLS: readonly ["bash", "zsh", "fish"] = ["bash", "zsh", "fish"];

type Words = { readonly path: string; readonly words: readonly string[] };

/** A completion script made from the commands themselves, so that it knows what they know. */
export function completionScript(program: Command, shell: (typeof SHELLS)[number]): string {
  const all = wordsOf(program, []);
  if (shell === "fish") return all.flatMap(fishLines).join("\n");
  const cases = all.map(({ path, words }) => `    "${path}") words="${words.join(" ")}" ;;`);
  // Shell variables, not TypeScript's.
  const before = "$" + "{COMP_WORDS[@]:1:COMP_CWORD-1}";
  const current = "$" + "{COMP_WORDS[COMP_CWORD]}";
  const body = [
    "_delchain() {",
    '  local path="" words="" word',
    `  for word in "${before}"; do [[ $word == -* ]] || path="$path $word"; done`,
    '  case "$(echo $path)" in',
    ...cases,
    "  esac",
    `  COMPREPLY=($(compgen -W "$words" -- "${current}"))`,
    "}",
    "complete -o default -F _delchain delchain",
  ];
  const zsh = ["autoload -U +X bashcompinit && bashcompinit"];
  return [...(shell === "zsh" ? zsh : []), ...body].join("\n");
}

function wordsOf(command: Command, path: readonly string[]): readonly Words[] {
  const options = command.options.map(({ long }) => long ?? "").filter((long) => long !== "");
  const words = [...command.commands.map((child) => child.name()), ...options, "--help"];
  const children = command.commands.flatMap((child) => wordsOf(child, [...path, child.name()]));
  return [{ path: path.join(" "), words }, ...children];
}

function fishLines({ path, words }: Words): readonly string[] {
  const condition =
    path === ""
      ? "__fish_use_subcommand"
      : path
          .split(" ")
          .map((word) => `__fish_seen_subcommand_from ${word}`)
          .join("; and ");
  return words.map((word) => {
    const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
    return `complete -c delchain -n "${condition}" ${what}`;
  });
}
