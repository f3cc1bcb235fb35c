import type Docker from "dockerode";
import { Unavailable } from "../../types/errors.ts";

/** An engine that answers nothing for this long is gone. Starting takes up to 2.4 s on a loaded machine. */
const ENGINE_MS = 60_000;

/** What the engine answers to a question about something that it does not have. */
export const NOT_FOUND = 404;
/** … to a request that its state makes needless: removal already under way, not running. */
export const CONFLICT = 409;

/** The HTTP status of an engine's refusal; `undefined` when the engine did not answer at all. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" ? status : undefined;
}

/** The version whose fields `createRequest` uses; engines from 20.10 on speak it. */
const API_VERSION = "v1.41";

/** Throws `Unavailable`, which says what to do, when no engine answers. */
export async function openEngine(socketPath?: string): Promise<Docker> {
  // Loaded where an engine is asked: 100 ms that the other threads of a node, which import us too, do without.
  const { default: Engine } = await import("dockerode");
  const docker = new Engine({ version: API_VERSION, ...(socketPath ? { socketPath } : {}) });
  await ask("the Docker engine does not answer", docker.ping());
  return docker;
}

/** Waits for the engine, at most `engineMs`. Throws `Unavailable` in place of the library's own errors. */
export async function ask<Answer>(
  what: string,
  answer: Promise<Answer>,
  engineMs: number = ENGINE_MS,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${engineMs} ms`)), engineMs);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw unavailable(what, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Like `ask`, but `undefined` when the engine does not have what was asked about. */
export async function find<Answer>(
  what: string,
  answer: Promise<Answer>,
): Promise<Answer | undefined> {
  return ask(
    what,
    answer.catch((error: unknown) => {
      if (statusOf(error) === NOT_FOUND) return undefined;
      throw error;
    }),
  );
}

export function unavailable(what: string, error: unknown): Unavailable {
  const status = statusOf(error);
  const { message } = error as Error;
  const reason =
    status === undefined
      ? `${message}. Is the Docker engine running, and may this user reach it? Try: docker version`
      : message;
  return new Unavailable("docker", `${what}: ${reason}`, { cause: error });
}

/** Removes a container in whatever state it is; one that is gone or going is done. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  await ask(
    `removing container ${id.slice(0, 12)}`,
    docker
      .getContainer(id)
      .remove({ force: true, v: true })
      .catch((error: unknown) => {
        const status = statusOf(error);
        if (status !== NOT_FOUND && status !== CONFLICT) throw error;
      }),
  );
}
