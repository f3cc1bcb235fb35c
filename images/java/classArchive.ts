import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool } from "./tools.ts";

/** How contracts' virtual machines run. */
export const JVM_OPTIONS: string = fileURLToPath(new URL("./jvm.options", import.meta.url));
/** What the launcher loads before it says HELLO, as the virtual machine wrote it down. */
export const ARCHIVED_CLASSES: string = fileURLToPath(new URL("./classes.txt", import.meta.url));
/** Where the virtual machine looks for an archive of itself. */
const PLACE = "lib/server/classes.jsa";
/**
 * With it the handlers of signals throw while Java starts, and what throws gets a counter, which goes into the archive
 * with an address of the machine that writes it.
 */
const NOT_WHILE_DUMPING = "-Xrs";

/**
 * Writes the classes that the launcher loads into a linked Java as they lie in memory (class data sharing), so that
 * starting reads none of them. The same Java gives the same bytes: the patched one runs a single thread meanwhile
 * (Patch.java), and the archive holds neither paths nor times nor what the processor can do.
 */
export async function writeClassArchive(linked: string): Promise<void> {
  const lines = (await readFile(JVM_OPTIONS, "utf8")).split("\n");
  const options = lines.filter((line) => line.startsWith("-") && line !== NOT_WHILE_DUMPING);
  await runTool(join(linked, "bin/java"), [
    "-Xshare:dump",
    `-XX:SharedClassListFile=${ARCHIVED_CLASSES}`,
    `-XX:SharedArchiveFile=${join(linked, PLACE)}`,
    ...options,
  ]);
}
