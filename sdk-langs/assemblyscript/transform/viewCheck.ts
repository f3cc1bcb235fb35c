import { errorAt, type MethodDeclaration, type Source } from "./syntax.ts";

/** What changes the chain, where a contract plainly writes it. The rest reverts when it runs. */
const WRITES =
  /\bthis\.[\w.()[\], ]*\.value\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|\bthis\.[\w.()[\], ]*\.(?:push|pop|clear)\(\s*\)|\b(?:emit|create|create2|callDelegate)(?:<\w+>)?\(/;

/** Comments and texts as blanks, so that places stay. */
function withoutTexts(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g,
    (found) => found.replace(/[^\n]/g, " "),
  );
}

/** Throws an `Error` that names the place where a view method writes, in its own body or in a method that it calls. */
export function refuseWritingView(
  source: Source,
  view: MethodDeclaration,
  methods: readonly MethodDeclaration[],
): void {
  const seen = new Set<string>();
  const visit = (method: MethodDeclaration): void => {
    if (method.body === null || seen.has(method.name.text)) return;
    seen.add(method.name.text);
    const { start, end } = method.body.range;
    const text = withoutTexts(source.text.slice(start, end));
    const write = WRITES.exec(text);
    if (write !== null) {
      const where = { start: start + write.index, end: start + write.index + write[0].length };
      const name = view.name.text;
      const through = method === view ? "" : ` through ${method.name.text}`;
      throw errorAt(source, where, `${name} is a @view and writes${through}; make it @external`);
    }
    for (const [, called] of text.matchAll(/\bthis\.(\w+)\(/g)) {
      const next = methods.find(({ name }) => name.text === called);
      if (next !== undefined) visit(next);
    }
  };
  visit(view);
}
