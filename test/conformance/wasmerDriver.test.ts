import { WasmerDriver } from "@delchain/runtime";
import { driverSuite } from "./driverSuite.ts";
import { wasiImage } from "./hostileImage.ts";

const NO_FORK = "a WASI process cannot fork";
const NO_FILES = "a WASI contract has no files";
const NO_LAUNCHER = "the launcher is the driver's own, so no program has its role";

driverSuite({
  name: "wasmer",
  async prepare() {
    const { digest, archives } = await wasiImage();
    return {
      image: digest,
      open: async () => WasmerDriver.open(archives),
      cleanUp: async () => undefined,
    };
  },
  isolation: "process",
  program: "/hostile.wasm",
  // memory.grow fails, malloc gives NULL, and the program exits.
  memoryCode: "exit",
  exclusions: {
    "files and processes that a call leaves are gone in the next": `${NO_FORK}; ${NO_FILES}`,
    "a memory bomb in the first process halts as memory": NO_LAUNCHER,
    "an exit of the first process halts as exit": NO_LAUNCHER,
    "an abort of the first process halts as signal": NO_LAUNCHER,
    "a file over the size limit halts as fileSize": NO_FILES,
    "a fork bomb runs into a limit or the host's timer, not into the machine": NO_FORK,
    "disk and inodes end where the manifest says": NO_FILES,
    "a call cannot kill its launcher": "a WASI process sends no signals",
    "the sandbox leaves a program its socket and /tmp, and nothing else":
      "there is no system call to try: WASI imports beyond streams are refused",
    "what a program prints disturbs no frame, and is kept for people":
      "WASI preview 1 cannot duplicate a descriptor, so a program's own stdout is the stream",
    "the environment is the promised one and no other":
      "WASI has no host name, and the stream is standard input and output",
    "a program that ends before it connects is unavailable, with what it wrote": NO_LAUNCHER,
    "a program that never connects is unavailable": NO_LAUNCHER,
    "a HELLO that never comes is unavailable": NO_LAUNCHER,
    "garbage before HELLO is unavailable": NO_LAUNCHER,
    "another version is unavailable": NO_LAUNCHER,
    "a RESULT before HELLO is unavailable": NO_LAUNCHER,
    "frames between calls end the container": NO_LAUNCHER,
    "a program that closes its stream and stays breaks the protocol": NO_LAUNCHER,
  },
});
