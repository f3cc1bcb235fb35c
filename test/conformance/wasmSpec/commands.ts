/** A value in the JSON form of `wast2json`: numbers as decimal bit patterns, vectors as lists of lanes. */
export type Value = {
  readonly type: string;
  readonly value?: string | readonly string[] | null;
  readonly lane_type?: string;
  /** For `either`: one of these. */
  readonly values?: readonly Value[];
};

export type Action = {
  readonly type: "invoke" | "get";
  readonly module?: string;
  readonly field: string;
  readonly args?: readonly Value[];
};

/** One line of a test script. */
export type Command = {
  readonly type: string;
  readonly line: number;
  readonly name?: string;
  readonly as?: string;
  readonly filename?: string;
  readonly binary_filename?: string;
  readonly module_type?: "binary" | "text";
  readonly module?: string;
  readonly instance?: string;
  readonly action?: Action;
  readonly expected?: readonly Value[];
};

/** The file of a command's module, if it is in the binary format. */
export function binaryFile(command: Command): string | undefined {
  if (command.binary_filename !== undefined) return command.binary_filename;
  return command.module_type === "text" ? undefined : command.filename;
}
