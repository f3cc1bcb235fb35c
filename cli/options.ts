import { InvalidArgumentError, Option } from "commander";
import { DEFAULT_RPC } from "./rpcClient.ts";

const PORT_MAX = 65_535;
const INTERVAL_MIN = 0.05;
const INTERVAL_MAX = 3_600;

export function jsonOption(about: string = "answer in JSON, for scripts"): Option {
  return new Option("--json", about).default(false);
}

/** Which node is asked. */
export function rpcOption(): Option {
  return new Option("--rpc <url>", "the node to ask").default(DEFAULT_RPC).env("DELCHAIN_RPC");
}

export function projectOption(): Option {
  return new Option(
    "--project <folder>",
    "the project; without it the nearest folder upwards that has one",
  );
}

/** Where a devnet listens and keeps its chain; the same for every command that starts one. */
export function placeOptions(): readonly Option[] {
  return [
    new Option("--port <number>", "HTTP and WebSocket, on one port; 0 takes a free one")
      .default(8545)
      .argParser(toPort),
    new Option("--data <folder>", "keep the chain there; without it the chain is gone at the end"),
    new Option(
      "--container-runtime <name>",
      "what the Docker engine runs containers with, like runsc; without it its default",
    ).env("DELCHAIN_CONTAINER_RUNTIME"),
  ];
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new InvalidArgumentError(`It takes a whole number from 0 to ${PORT_MAX}.`);
}

export function toSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= INTERVAL_MIN && seconds <= INTERVAL_MAX) return seconds;
  throw new InvalidArgumentError(`It takes seconds from ${INTERVAL_MIN} to ${INTERVAL_MAX}.`);
}
