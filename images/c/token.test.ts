import { fileURLToPath } from "node:url";
import { ProgramUnderTest } from "../probe/program.ts";
import { describeToken } from "../probe/token.ts";

const TOKEN = fileURLToPath(
  new URL("../../apps/tour/contracts/container-c/token", import.meta.url),
);

describeToken("C", () => ProgramUnderTest.start([TOKEN], "unix"));
