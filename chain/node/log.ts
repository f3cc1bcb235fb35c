import pino, { type Logger } from "pino";

export type Log = Logger;

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** JSON lines on standard error, so that standard output belongs to the command. */
export function createLog(level: LogLevel): Log {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
}
