/** What stands below a command's help: command lines that can be copied. */
export function examples(...lines: readonly string[]): string {
  return ["\nExamples:", ...lines.map((line) => `  ${line}`)].join("\n");
}
