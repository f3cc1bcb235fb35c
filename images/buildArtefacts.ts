import { ARTEFACTS, checkArtefact, rebuildArtefacts } from "./artefacts.ts";

// npm run build:images-artefacts [-- --check]: compile the programs that lie in the repository, or compare them.

if (process.argv.includes("--check")) {
  for (const artefact of ARTEFACTS) {
    const difference = await checkArtefact(artefact);
    process.stdout.write(`${difference ?? `${artefact.name}: as compiled`}\n`);
    if (difference !== undefined) process.exitCode = 1;
  }
} else {
  await rebuildArtefacts();
}
