import { readFileSync } from "node:fs";
import type { ImageSource } from "../writer/image.ts";
import { JVM_OPTIONS } from "./classArchive.ts";
import { type CompiledJava, compileJava, type JavaContract } from "./compile.ts";
import type { JavaRuntime } from "./runtime.ts";

const LAUNCHER_CLASS = "delchain.launcher/org.delchain.container.Launcher";

/** An image with Java, the launcher and a contract. Throws `InvalidInput` for a contract that is refused. */
export async function javaImage(
  runtime: JavaRuntime,
  contract: JavaContract,
): Promise<ImageSource> {
  return imageOf(runtime, contract, await compileJava(runtime, contract));
}

/** As `javaImage`, with the ABI that the SDK's annotations make. */
export async function javaContract(
  runtime: JavaRuntime,
  contract: JavaContract,
): Promise<{ readonly image: ImageSource; readonly abi: unknown }> {
  const compiled = await compileJava(runtime, contract);
  return { image: imageOf(runtime, contract, compiled), abi: compiled.abi };
}

function imageOf(
  runtime: JavaRuntime,
  { main }: JavaContract,
  { classes }: CompiledJava,
): ImageSource {
  const options = readFileSync(JVM_OPTIONS);
  return {
    platform: "linux/amd64",
    layers: [
      runtime.layer,
      [{ kind: "file", path: "app/jvm.options", mode: 0o644, data: options }, ...classes],
    ],
    config: {
      entrypoint: javaEntrypoint("/", main),
      labels: { "delchain.language": "java" },
    },
  };
}

/** The command that serves a contract of an image whose files lie at `root`. */
export function javaEntrypoint(root: string, main: string): readonly string[] {
  const options = `@${root}app/jvm.options`;
  return [`${root}jre/bin/java`, options, "-m", LAUNCHER_CLASS, `${root}app/contract`, main];
}
