// A gRPC server in the place of `scheduling`: GetClinic and the event feed, from the descriptor image. It keeps what it
// was called with.
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { loadImage } from "../../../deploy/gateway/image.js";
import { image } from "./paths.js";

const clinicName = /^clinics\/[a-z]+$/;

export class StandIn {
  constructor({ certificate, key }) {
    this.registry = loadImage(image);
    /** @type {{method: string, headers: Headers, timeoutMs: number | undefined, authority: boolean}[]} */
    this.calls = [];
    this.openStreams = 0;
    this.streamEnded = Promise.resolve();
    /** Resolved by a test to let `clinics/slow` answer. */
    this.held = withResolvers();
    this.slowArrived = withResolvers();
    this.sessions = new Set();
    const handler = connectNodeAdapter({ connect: false, grpcWeb: false, routes: (router) => this.route(router) });
    const pem = { cert: readFileSync(certificate), key: readFileSync(key) };
    this.server = http2.createSecureServer(pem, handler);
    this.server.on("session", (session) => {
      this.sessions.add(session);
      session.on("close", () => this.sessions.delete(session));
    });
  }

  route(router) {
    const scheduling = this.registry.getService("kat.scheduling.v1.SchedulingService");
    const feed = this.registry.getService("kat.common.v1.EventFeedService");
    router.service(scheduling, { getClinic: (request, context) => this.getClinic(request, context) });
    router.service(feed, { subscribe: (request, context) => this.subscribe(request, context) });
  }

  note(context) {
    this.calls.push({ method: context.method.name, headers: context.requestHeader, timeoutMs: context.timeoutMs() });
    context.responseTrailer.set("kat-trace-id", context.requestHeader.get("traceparent")?.split("-")[1] ?? "");
    context.responseTrailer.set("internal-note", "not for pages");
  }

  detail(type, value) {
    return { desc: this.registry.getMessage(type), value };
  }

  async getClinic(request, context) {
    this.note(context);
    if (!clinicName.test(request.name)) {
      throw new ConnectError("the request has a field that cannot stand", Code.InvalidArgument, undefined, [
        this.detail("google.rpc.ErrorInfo", { domain: "kat", reason: "FIELD_INVALID" }),
        this.detail("google.rpc.BadRequest", {
          fieldViolations: [{ field: "name", description: "must be clinics/{clinic}" }],
        }),
      ]);
    }
    if (request.name === "clinics/hangs")
      await new Promise((_, reject) => context.signal.addEventListener("abort", reject));
    if (request.name === "clinics/slow") {
      this.slowArrived.resolve();
      await this.held.promise;
    }
    const big = request.name === "clinics/big" ? "x".repeat(300_000) : "Harbor";
    return create(this.registry.getMessage("kat.scheduling.v1.Clinic"), { name: request.name, displayName: big });
  }

  async *subscribe(request, context) {
    this.note(context);
    const ended = withResolvers();
    this.streamEnded = ended.promise;
    this.openStreams++;
    try {
      for (let i = Number(request.cursor || "0") + 1; i <= 3; i++) {
        const event = {
          cursor: String(i),
          type: "clinic.updated",
          clinic: request.parent,
          subject: request.parent,
          subjectVersion: BigInt(i),
        };
        yield create(this.registry.getMessage("kat.common.v1.SubscribeResponse"), {
          events: [event],
          cursor: String(i),
        });
      }
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    } finally {
      this.openStreams--;
      ended.resolve();
    }
  }

  /** Starts to listen, on a free port unless told; `host:port`. */
  async listen(port = 0) {
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    return `127.0.0.1:${this.server.address().port}`;
  }

  /** Ends at once, as a killed process does. */
  async kill() {
    for (const session of this.sessions) session.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function withResolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
