import type { GuestFrame } from "./guestFrame.ts";

/** What crosses between guest and host: i32, f32 and f64 are numbers, i64 is a bigint. */
export type GuestValue = number | bigint;

/** One function that a guest may import. */
export type Hook = {
  /** `parameters:result` in letters: i is i32, I is i64, f is f32, F is f64. */
  readonly signature: string;
  /** Gas that every call costs, whatever comes of it; `run` charges the rest. */
  readonly gas: number;
  readonly run: (frame: GuestFrame, ...values: never[]) => GuestValue | undefined;
};

/** Hooks by the names under which guests import them. */
export type HookTable = Readonly<Record<string, Hook>>;
