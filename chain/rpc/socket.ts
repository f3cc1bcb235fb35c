import type { WebSocket } from "@fastify/websocket";
import type { Dispatcher } from "./jsonRpc.ts";
import type { RpcLimits } from "./limits.ts";
import type { RequestContext } from "./method.ts";
import type { RpcLog } from "./rpcErrors.ts";
import { type SubscriptionHub, SubscriptionSession } from "./subscriptions.ts";

export type SocketOptions = {
  readonly dispatcher: Dispatcher;
  readonly hub: SubscriptionHub;
  readonly limits: RpcLimits;
  readonly log: RpcLog;
  readonly context: Omit<RequestContext, "subscriptions">;
};

/** Answers one WebSocket until it closes: several messages at a time, and its subscriptions. */
export function serveSocket(socket: WebSocket, options: SocketOptions): void {
  const { dispatcher, hub, limits, log, context } = options;
  const send = (text: string): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(text);
    if (socket.bufferedAmount <= limits.socketBufferBytes) return;
    const bytes = socket.bufferedAmount;
    log.warn(
      { bytes, limit: limits.socketBufferBytes },
      "cut off a WebSocket that reads too slowly",
    );
    // Not `close`: its frame would wait behind everything that is not read.
    socket.terminate();
  };
  const session = new SubscriptionSession(send, limits.subscriptionsPerSocket);
  hub.add(session);
  let running = 0;
  // What one read of the socket held beyond the limit: while anything waits, nothing more is read.
  const waiting: Buffer[] = [];

  const answer = async (message: Buffer): Promise<void> => {
    const subscriptions = session.openScope();
    const text = await dispatcher.answer(message, { ...context, subscriptions });
    if (text !== undefined) send(text);
    subscriptions.activate();
  };
  const work = (): void => {
    while (running < limits.socketMessages) {
      const message = waiting.shift();
      if (message === undefined) break;
      running++;
      answer(message)
        .catch((error: unknown) => log.error({ err: error }, "a WebSocket message met a bug"))
        .finally(() => {
          running--;
          work();
        });
    }
    if (waiting.length > 0) socket.pause();
    else if (socket.isPaused) socket.resume();
  };

  socket.on("message", (message: Buffer) => {
    waiting.push(message);
    work();
  });
  socket.on("close", () => {
    waiting.length = 0;
    hub.remove(session);
  });
}

/**
 * Pings every open WebSocket every `everyMs`, and cuts off who has not answered the last one: a peer that lost its
 * network says nothing. Returns what ends it.
 */
export function keepAlive(sockets: ReadonlySet<WebSocket>, everyMs: number): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of sockets) {
      // While we do not read it, its answer may lie there.
      if (silent.has(socket) && !socket.isPaused) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.once("pong", () => silent.delete(socket));
      socket.ping();
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
