import { readFileSync } from "node:fs";
import { type Contract, rawContract } from "@delchain/node";

// A contract that reads a file: refused when it is loaded.

export const importing: Contract = rawContract(() => readFileSync("/etc/passwd"));
