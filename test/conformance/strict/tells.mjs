import { randomBytes, randomUUID } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { availableParallelism, hostname, release, uptime } from "node:os";

const tell = (text) => process.stdout.write(`${text}\n`);
const before = performance.now();
await new Promise((resolve) => setTimeout(resolve, 20));
const order = [
  ...new Map([
    [{}, 1],
    ["b", 2],
    [3, 3],
  ]).values(),
];
tell(`date ${new Date(Math.floor(Date.now() / 1000) * 1000).toISOString()}`);
tell(`random ${Math.random()} ${randomBytes(8).toString("hex")} ${randomUUID()}`);
tell(
  `process ${process.pid} ${process.ppid} ${hostname()} ${release()} ${availableParallelism()} ${order}`,
);
tell(`files ${readdirSync("/")} ${statSync("/").ino} ${statSync("/").mtimeMs}`);
tell(`timer ${performance.now() - before >= 20} ${uptime() > 0}`);
tell(`hrtime ${process.hrtime.bigint()}`);
tell(`performance.now ${performance.now()}`);
tell(`Date.now ${Date.now()}`);
