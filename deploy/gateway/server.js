// The HTTP server: health, CORS, calls, and a drain that loses none.
import http from "node:http";
import http2 from "node:http2";
import { Cors } from "./cors.js";
import { log } from "./log.js";
import { makeRouter } from "./router.js";
import { traceIdFrom } from "./trace.js";

const requestSeconds = 30; // in which a request has to arrive whole
const headerBytes = 16 << 10;

// Why a request is refused before a call: HTTP status, and what a Connect client reads.
const refusals = {
  origin: [403, "permission_denied", "this origin may not call; the gateway's --allowed-origins names those that may"],
  path: [404, "unimplemented", "no such method"],
  host: [400, "invalid_argument", "the Host header is missing or malformed"],
  method: [405, "unimplemented", "calls are POST requests"],
  draining: [503, "unavailable", "the gateway is closing; try again"],
};

function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function protocolOf(contentType = "") {
  if (contentType.startsWith("application/grpc-web")) return "grpc-web";
  return /^application\/(connect\+)?(json|proto)\b/.test(contentType) ? "connect" : "other";
}

/** One gateway. */
export class Gateway {
  /**
   * @param {any} options what parseOptions gives
   * @param {any} registry the descriptor image
   * @param {{name: string, transport: import("@connectrpc/connect").Transport}[]} services
   * @param {import("./metrics.js").Metrics} metrics
   */
  constructor(options, registry, services, metrics) {
    this.options = options;
    this.metrics = metrics;
    this.cors = new Cors(options);
    this.draining = new AbortController();
    this.find = makeRouter(registry, services, options, this.draining.signal);
    this.calls = new Set();
    const limits = { requestTimeout: requestSeconds * 1000, maxHeaderSize: headerBytes };
    const listener = (request, response) => this.answer(request, response);
    const { listenCertificate: cert, listenKey: key } = options.pem;
    this.server = cert
      ? http2.createSecureServer({ ...limits, cert, key, allowHTTP1: true, minVersion: "TLSv1.2" }, listener)
      : http.createServer(limits, listener);
    /** @type {Set<import("node:http2").ServerHttp2Session>} */
    this.sessions = new Set();
    this.server.on("session", (session) => {
      this.sessions.add(session);
      session.on("close", () => this.sessions.delete(session));
    });
  }

  /** Starts to listen; the address taken. Rejects where it is not to be had. */
  async listen() {
    const { host, port } = this.options.listen;
    await new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, resolve);
    });
    return this.server.address();
  }

  /** Shows new callers the certificate of `pem`. */
  renew({ listenCertificate: cert, listenKey: key }) {
    if (cert) this.server.setSecureContext({ cert, key, minVersion: "TLSv1.2" });
  }

  /** Whether new calls are taken. */
  get serving() {
    return !this.draining.signal.aborted;
  }

  answer(request, response) {
    const record = { traceId: traceIdFrom(request.headers.traceparent), code: undefined };
    response.setHeader("kat-trace-id", record.traceId);
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");

    const path = request.url.split("?", 1)[0];
    if (path === "/healthz") return this.answerHealth(response);
    const { origin } = request.headers;
    if (!this.cors.allows(origin)) return this.refuse(response, record, "origin");
    this.cors.mark(origin, response);
    const route = this.find(path);
    if (route === undefined) return this.refuse(response, record, "path");
    if (request.method === "OPTIONS") return this.cors.answerPreflight(response);
    if (request.method !== "POST") return this.refuse(response, record, "method");
    if (!this.serving) return this.refuse(response, record, "draining");
    this.call(route, request, response, record);
  }

  answerHealth(response) {
    sendJson(response, this.serving ? 200 : 503, { status: this.serving ? "SERVING" : "NOT_SERVING" });
  }

  refuse(response, record, why) {
    const [status, code, message] = refusals[why];
    this.metrics.refused.inc({ why });
    log.warning("request.refused", { trace_id: record.traceId, why, status });
    if (status === 405) response.setHeader("allow", "POST, OPTIONS");
    sendJson(response, status, { code, message });
  }

  call(route, request, response, record) {
    const start = process.hrtime.bigint();
    const { kind, method } = route;
    const protocol = protocolOf(request.headers["content-type"]);
    this.calls.add(response);
    this.metrics.inFlight.inc({ kind });
    response.once("close", () => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const code = record.code ?? (response.writableFinished ? "REFUSED" : "CANCELLED");
      this.calls.delete(response);
      this.metrics.inFlight.dec({ kind });
      this.metrics.calls.inc({ method, protocol, code });
      if (kind === "unary") this.metrics.seconds.observe({ method }, seconds);
      log.info("call.done", { trace_id: record.traceId, method, protocol, code, ms: Math.round(seconds * 1000) });
      if (!this.serving) setImmediate(() => this.server.closeIdleConnections?.());
    });
    try {
      route.serve(request, response, record);
    } catch {
      this.refuse(response, record, "host");
    }
  }

  /** Takes no new calls, ends the streams, lets unary calls finish for up to `seconds`, and closes. */
  async close(seconds) {
    this.draining.abort();
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const session of this.sessions) session.close();
    const timer = setTimeout(() => {
      log.warning("drain.cut", { calls: this.calls.size });
      for (const response of this.calls) response.destroy();
      for (const session of this.sessions) session.destroy();
      this.server.closeAllConnections?.();
    }, seconds * 1000);
    await closed;
    clearTimeout(timer);
  }
}
