import { readFileSync } from "node:fs";
import type { ImageSource } from "../writer/image.ts";
import { compileJava, type JavaContract } from "./compile.ts";
import type { JavaRuntime } from "./runtime.ts";

const OPTIONS = new URL("./jvm.options", import.meta.url);
const LAUNCHER_CLASS = "delchain.launcher/org.delchain.container.Launcher";

/** An image with Java, the launcher and a contract. Throws `InvalidInput` for a contract that is refused. */
export async function javaImage(
  runtime: JavaRuntime,
  contract: JavaContract,
): Promise<ImageSource> {
  const classes = await compileJava(runtime, contract);
  const options = readFileSync(OPTIONS);
  return {
    platform: "linux/amd64",
    entries: [
      ...runtime.entries,
      { kind: "file", path: "app/jvm.options", mode: 0o644, data: options },
      ...classes,
    ],
    config: {
      entrypoint: javaEntrypoint("/", contract.main),
      labels: { "delchain.language": "java" },
    },
  };
}

/** The command that serves a contract of an image whose files lie at `root`. */
export function javaEntrypoint(root: string, main: string): readonly string[] {
  const options = `@${root}app/jvm.options`;
  return [`${root}jre/bin/java`, options, "-m", LAUNCHER_CLASS, `${root}app/contract`, main];
}
