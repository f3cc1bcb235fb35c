import type { Command, Option } from "commander";

export const SHELLS: readonly ["bash", "zsh", "fish"] = ["bash", "zsh", "fish"];
export type Shell = (typeof SHELLS)[number];

/** What may follow a command: its subcommands or an argument's choices, its options, and their values. */
type Words = {
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly options: readonly { readonly long: string; readonly values: Values }[];
};

/** What may follow an option: nothing of its own, a word of a list, or anything that is a file or unknown to us. */
type Values = readonly string[] | "any" | "none";

/** A completion script made from the commands themselves, so that it knows what they know. */
export function completionScript(program: Command, shell: Shell): string {
  const all = wordsOf(program, []);
  if (shell === "fish") return fishScript(all);
  return shell === "zsh" ? zshScript(all) : bashScript(all);
}

function wordsOf(command: Command, path: readonly string[]): readonly Words[] {
  const children = command.commands.flatMap((child) => wordsOf(child, [...path, child.name()]));
  const names = command.commands.map((child) => child.name());
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const options = [
    ...command.options.flatMap((option) =>
      option.long ? [{ long: option.long, values: valuesOf(option) }] : [],
    ),
    { long: "--help", values: "none" as const },
  ];
  const own = { path, words: [...names, ...choices], options };
  // `delchain help COMMAND` is commander's own.
  const help = { path: ["help"], words: names, options: [] };
  if (path.length > 0) return [own, ...children];
  return [{ ...own, words: [...names, "help"] }, ...children, help];
}

function valuesOf(option: Option): Values {
  if (!option.required && !option.optional) return "none";
  return option.argChoices ?? "any";
}

/** The cases of a shell's `case` over the words typed so far: which of them are commands. */
function pathCases(all: readonly Words[]): string {
  return all
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `"${path.join(" ")}"`)
    .join("|");
}

function listCases(all: readonly Words[]): readonly string[] {
  return all.map(({ path, words, options }) => {
    const list = [...words, ...options.map(({ long }) => long)];
    return `    "${path.join(" ")}") list="${list.join(" ")}" ;;`;
  });
}

function valueCases(all: readonly Words[], files: string): readonly string[] {
  const cases = all.flatMap(({ path, options }) =>
    options.flatMap(({ long, values }) => {
      if (values === "none") return [];
      const then = values === "any" ? files : `list="${values.join(" ")}"`;
      return [`    "${[...path, long].join(" ")}") ${then} ;;`];
    }),
  );
  return cases;
}

/** The body that bash and zsh share: `known` grows by words that are commands, `list` is what may come next. */
function sharedBody(
  all: readonly Words[],
  of: { before: string; last: string; files: string },
): string {
  return [
    '  local known="" list="" word',
    `  for word in ${of.before}; do`,
    `    case "${"$"}{known:+$known }$word" in ${pathCases(all)}) known="${"$"}{known:+$known }$word" ;; esac`,
    "  done",
    '  case "$known" in',
    ...listCases(all),
    "  esac",
    `  case "${"$"}{known:+$known }${of.last}" in`,
    ...valueCases(all, of.files),
    "  esac",
  ].join("\n");
}

function bashScript(all: readonly Words[]): string {
  const body = sharedBody(all, {
    before: `"${"$"}{COMP_WORDS[@]:1:COMP_CWORD-1}"`,
    last: `${"$"}{COMP_WORDS[COMP_CWORD-1]}`,
    // An empty answer leaves it to `-o default`, which knows files.
    files: "COMPREPLY=(); return",
  });
  return [
    "_delchain() {",
    body,
    `  COMPREPLY=($(compgen -W "$list" -- "${"$"}{COMP_WORDS[COMP_CWORD]}"))`,
    "}",
    "complete -o default -F _delchain delchain",
  ].join("\n");
}

function zshScript(all: readonly Words[]): string {
  const body = sharedBody(all, {
    before: `"${"$"}{(@)words[2,CURRENT-1]}"`,
    last: `${"$"}{words[CURRENT-1]}`,
    files: "_files; return",
  });
  return [
    "#compdef delchain",
    "(( $+functions[compdef] )) || { autoload -U compinit && compinit }",
    "_delchain() {",
    body,
    `  compadd -- ${"$"}{=list}`,
    "}",
    "compdef _delchain delchain",
  ].join("\n");
}

function fishScript(all: readonly Words[]): string {
  const names = (path: readonly string[]) =>
    all.filter((each) => each.path.length === path.length + 1 && isBelow(each.path, path));
  return [
    "complete -c delchain -f",
    ...all.flatMap(({ path, words, options }) => {
      const condition = fishCondition(
        path,
        names(path).map((each) => each.path.at(-1) ?? ""),
      );
      const start = `complete -c delchain -n "${condition}"`;
      return [
        ...(words.length > 0 ? [`${start} -a "${words.join(" ")}"`] : []),
        ...options.map(({ long, values }) => `${start} -l ${long.slice(2)}${fishValues(values)}`),
      ];
    }),
  ].join("\n");
}

function isBelow(path: readonly string[], parent: readonly string[]): boolean {
  return parent.every((word, i) => path[i] === word);
}

/** All commands of the path are there, and none that goes on from it. */
function fishCondition(path: readonly string[], next: readonly string[]): string {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const unseen = next.length > 0 ? [`not __fish_seen_subcommand_from ${next.join(" ")}`] : [];
  return [...seen, ...unseen].join("; and ");
}

function fishValues(values: Values): string {
  if (values === "none") return "";
  return values === "any" ? " -r -F" : ` -x -a "${values.join(" ")}"`;
}
