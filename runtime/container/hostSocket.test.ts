import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Unavailable } from "../types/errors.ts";
import { openHostSocket } from "./hostSocket.ts";

test("one container connects, whoever comes later is turned away, and nothing stays", async () => {
  const directory = await mkdtemp(join(tmpdir(), "dc-"));
  try {
    const socket = await openHostSocket(directory);
    assert.deepEqual(await readdir(socket.directory), ["host.sock"]);
    const modes = await Promise.all([socket.directory, socket.path].map((path) => stat(path)));
    assert.deepEqual(
      modes.map(({ mode }) => mode & 0o777),
      [0o711, 0o666],
    );
    const first = connect(socket.path);
    const second = connect(socket.path);
    // The system may reset a connection that the host never took up.
    second.on("error", () => undefined);
    const turnedAway = new Promise((resolve) => second.once("close", resolve));
    const accepted = await socket.connected;
    await turnedAway;
    first.write("hello");
    assert.equal(String((await once(accepted, "data"))[0]), "hello");
    const ended = once(first.resume(), "close");
    await socket.close();
    await ended;
    assert.deepEqual(await readdir(directory), []);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("a run directory whose sockets the system could not name is refused with the numbers", async () => {
  const long = join(tmpdir(), "x".repeat(100));
  await assert.rejects(openHostSocket(long), (error) => {
    assert.ok(error instanceof Unavailable);
    assert.match(error.message, /a path of \d+ bytes; the system takes 107.*shorter run directory/);
    return true;
  });
});
