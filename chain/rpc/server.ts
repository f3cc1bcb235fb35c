import websocket, { type WebSocket } from "@fastify/websocket";
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from "fastify";
import type { Backend } from "./backend.ts";
import { FilterStore } from "./filterStore.ts";
import { Dispatcher, errorText } from "./jsonRpc.ts";
import { RPC_LIMITS, type RpcLimits } from "./limits.ts";
import { methodTable } from "./methods/table.ts";
import { invalidRequest, RPC_CODES, RpcError, type RpcLog } from "./rpcErrors.ts";
import { keepAlive, type SocketOptions, serveSocket } from "./socket.ts";
import { SubscriptionHub } from "./subscriptions.ts";

export type RpcOptions = {
  readonly backend: Backend;
  /** 0 takes a free one. */
  readonly port: number;
  /** `127.0.0.1` unless told: whoever reaches the port may use the node. */
  readonly host?: string;
  /** Web pages of which origins may use it; pages of all unless told, as with other development nodes. */
  readonly origins?: readonly string[];
  readonly log: RpcLog;
  /** Milliseconds that never go back, for the expiry of filters. */
  readonly nowMs: () => number;
  /** For tests and unusual machines; what is left out is `RPC_LIMITS`. */
  readonly limits?: Partial<RpcLimits>;
};

export type RpcServer = {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:8545`; WebSocket at the same place. */
  readonly url: string;
  /** Takes no more, lets answers under way finish for `limits.closeMs`, then cuts what is left. */
  close(): Promise<void>;
};

// An upload or an idle keep-alive connection may take this long; slower clients would hold sockets for nothing.
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 60_000;

// RFC 6455, section 7.4.1, and IANA's registry: going away; try again later.
const CLOSE_GOING_AWAY = 1001;
const CLOSE_TRY_LATER = 1013;

/** Serves JSON-RPC 2.0 over HTTP and WebSocket on one port. Throws `listen`'s error when the port is taken. */
export async function startRpc(options: RpcOptions): Promise<RpcServer> {
  const { backend, log, nowMs, port, host = "127.0.0.1", origins } = options;
  const limits: RpcLimits = { ...RPC_LIMITS, ...options.limits };
  const filters = new FilterStore({ backend, limits, nowMs });
  const hub = new SubscriptionHub(backend, filters);
  const dispatcher = new Dispatcher({ methods: methodTable(limits), limits, log });
  const context = { backend, limits, filters };
  const server = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    logger: false,
    frameworkErrors: (error, _request, reply) =>
      void sendError(reply, 400, invalidRequest(error.message)),
  });
  server.server.maxConnections = limits.httpConnections;

  await server.register(websocket, {
    options: { maxPayload: limits.bodyBytes, perMessageDeflate: false },
    errorHandler: (_error, socket) => socket.terminate(),
    preClose: (done) => {
      hub.close();
      endPings();
      for (const socket of server.websocketServer.clients) {
        socket.close(CLOSE_GOING_AWAY, "the node is stopping");
      }
      done();
    },
  });
  const endPings = keepAlive(server.websocketServer.clients, limits.pingMs);
  acceptBodies(server);
  applyOrigins(server, origins);
  addErrors(server, limits, log);
  addRoutes(server, { dispatcher, hub, limits, log, context });

  await server.listen({ host, port });
  const bound = server.server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    host,
    port: boundPort,
    url: `http://${shownHost}:${boundPort}`,
    close: () => closeServer(server, limits.closeMs),
  };
}

/** Bodies arrive as bytes whatever their type says: `curl -d` does not say JSON, and parsing is ours. */
function acceptBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
}

/** CORS (Fetch standard). A page of another origin gets no answer, rather than one that its browser hides. */
function applyOrigins(server: FastifyInstance, origins: readonly string[] | undefined): void {
  server.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers;
    if (origin !== undefined && origins !== undefined && !origins.includes(origin)) {
      const message = `origin ${origin.slice(0, 80)} is not allowed; start the node with it`;
      void sendError(reply, 403, invalidRequest(message));
      return;
    }
    reply.header("access-control-allow-origin", origins === undefined ? "*" : (origin ?? "null"));
    if (origins !== undefined) reply.header("vary", "origin");
    done();
  });
}

function sendError(reply: FastifyReply, status: number, error: RpcError): FastifyReply {
  return reply.code(status).type("application/json").send(errorText(null, error));
}

/** What fastify itself refuses is answered in JSON-RPC's shape too. */
function addErrors(server: FastifyInstance, limits: RpcLimits, log: RpcLog): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
      discardRest(request, reply, limits.discardMs);
      const message = `request body is over the limit of ${limits.bodyBytes} bytes; send less at a time`;
      return sendError(reply, 413, new RpcError(RPC_CODES.limitExceeded, message));
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(reply, status, invalidRequest(error.message));
    log.error({ err: error }, "an HTTP request met a bug");
    return sendError(reply, 500, new RpcError(RPC_CODES.internal, "internal error"));
  });
  server.setNotFoundHandler((request, reply) => {
    const message = `${request.method} ${request.url.slice(0, 80)}: JSON-RPC is at POST /, WebSocket at GET /`;
    return sendError(reply, 404, invalidRequest(message));
  });
}

/**
 * Reads a refused body to its end without keeping it. A connection that is closed while the client still writes is
 * reset, and the client never sees the answer.
 */
function discardRest({ raw }: FastifyRequest, reply: FastifyReply, forMs: number): void {
  reply.removeHeader("connection");
  const { socket } = raw;
  const timer = setTimeout(() => socket.destroy(), forMs);
  const done = (): void => {
    clearTimeout(timer);
    raw.off("end", done);
    socket.off("close", done);
  };
  // The request says nothing when its connection breaks after the answer; the socket does.
  raw.once("end", done);
  socket.once("close", done);
  raw.resume();
}

function addRoutes(server: FastifyInstance, options: SocketOptions): void {
  const { dispatcher, context, limits } = options;
  const httpContext = { ...context, subscriptions: undefined };
  server.post("/", async (request: FastifyRequest, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const text = await dispatcher.answer(body, httpContext);
    // Notifications alone have no answer (JSON-RPC over HTTP).
    if (text === undefined) return reply.code(204).send();
    return reply.type("application/json").send(text);
  });
  server.options("/", (_request, reply) =>
    reply
      .code(204)
      .header("access-control-allow-methods", "POST, GET, OPTIONS")
      .header("access-control-allow-headers", "content-type, authorization")
      .header("access-control-max-age", "86400")
      .send(),
  );
  server.route({
    method: "GET",
    url: "/",
    handler: (_request, reply) => reply.send(hint(context.backend)),
    wsHandler: (socket: WebSocket) => {
      if (server.websocketServer.clients.size > limits.sockets) {
        socket.close(CLOSE_TRY_LATER, `over the limit of ${limits.sockets} WebSockets`);
        return;
      }
      serveSocket(socket, options);
    },
  });
}

/** For people who open the address in a browser. */
function hint(backend: Backend): Record<string, unknown> {
  return {
    node: backend.clientVersion,
    chainId: Number(backend.chainId),
    head: Number(backend.head().header.number),
    use: 'POST JSON-RPC 2.0 here, or open a WebSocket: {"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}',
  };
}

async function closeServer(server: FastifyInstance, closeMs: number): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of server.websocketServer.clients) socket.terminate();
    server.server.closeAllConnections();
  }, closeMs);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}
