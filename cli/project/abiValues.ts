import type { AbiParameter } from "viem";

/** A decoded value as text that a person reads: lists and tuples by their parts, numbers in decimal. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, one]) => `${name}: ${valueText(one)}`);
    return `{${members.join(", ")}}`;
  }
  return String(value);
}

/** A function's results, one a line, with the names that the ABI gives them. */
export function resultLines(outputs: readonly AbiParameter[], result: unknown): readonly string[] {
  if (outputs.length === 0) return [];
  const values = outputs.length === 1 ? [result] : (result as readonly unknown[]);
  return outputs.map(({ name }, i) => (name ? `${name}: ` : "") + valueText(values[i]));
}
