// Hands calls on: any unary or server-streaming method, whatever its messages are.
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { Code, ConnectError, createContextKey } from "@connectrpc/connect";
import { makeTraceparent } from "./trace.js";

/** The record of a call, which the server makes and logs: `{traceId, code}`. */
export const callRecord = createContextKey({ traceId: "", code: undefined }, { description: "call record" });

const passedOn = ["authorization"];
const passedBack = /^kat-/;

/** `InvalidArgument` as gRPC writes it: `INVALID_ARGUMENT`. */
export function codeName(code) {
  return code === Code.Canceled ? "CANCELLED" : Code[code].replaceAll(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
}

function requestHeaders(context, extra) {
  const headers = new Headers();
  for (const name of [...passedOn, ...extra]) {
    const value = context.requestHeader.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set("traceparent", makeTraceparent(context.values.get(callRecord).traceId));
  return headers;
}

function keep(from, to) {
  from.forEach((value, name) => {
    if (passedBack.test(name)) to.set(name, value);
  });
}

/** Makes the handlers of one service at the other end of `transport`. */
export class Forwarder {
  /**
   * @param {{name: string, transport: import("@connectrpc/connect").Transport, registry: any,
   *   forwardedHeaders: string[], draining: AbortSignal}} parts
   */
  constructor({ name, transport, registry, forwardedHeaders, draining }) {
    this.name = name;
    this.transport = transport;
    this.registry = registry;
    this.forwardedHeaders = forwardedHeaders;
    this.draining = draining;
  }

  /** What a ConnectRouter takes for `service`: every unary and server-streaming method. */
  implement(service) {
    const handlers = {};
    for (const method of service.methods) {
      if (method.methodKind === "unary") {
        handlers[method.localName] = (request, context) => this.unary(method, request, context);
      } else if (method.methodKind === "server_streaming") {
        handlers[method.localName] = (request, context) => this.stream(method, request, context);
      }
    }
    return handlers;
  }

  async unary(method, request, context) {
    const headers = requestHeaders(context, this.forwardedHeaders);
    try {
      const answer = await this.transport.unary(method, context.signal, context.timeoutMs(), headers, request);
      keep(answer.header, context.responseHeader);
      keep(answer.trailer, context.responseTrailer);
      context.values.get(callRecord).code = "OK";
      return answer.message;
    } catch (reason) {
      throw this.failure(reason, context);
    }
  }

  async *stream(method, request, context) {
    const headers = requestHeaders(context, this.forwardedHeaders);
    const signal = AbortSignal.any([context.signal, this.draining]);
    try {
      const input = (async function* () {
        yield request;
      })();
      const answer = await this.transport.stream(method, signal, context.timeoutMs(), headers, input);
      keep(answer.header, context.responseHeader);
      yield* answer.message;
      keep(answer.trailer, context.responseTrailer);
      context.values.get(callRecord).code = "OK";
    } catch (reason) {
      throw this.failure(reason, context);
    }
  }

  /** What the caller gets for `reason`: a service's own error as it is, anything else without addresses. */
  failure(reason, context) {
    const error = this.translate(ConnectError.from(reason), context);
    context.values.get(callRecord).code = codeName(error.code);
    return error;
  }

  translate(error, context) {
    if (error.metadata.has("grpc-status")) {
      const same = new ConnectError(error.rawMessage, error.code);
      same.details = error.details.map((detail) => this.readable(detail));
      keep(error.metadata, same.metadata);
      return same;
    }
    if (context.signal.aborted) {
      const late = ConnectError.from(context.signal.reason).code === Code.DeadlineExceeded;
      return late
        ? new ConnectError("the deadline passed", Code.DeadlineExceeded)
        : new ConnectError("cancelled", Code.Canceled);
    }
    if (this.draining.aborted) {
      return this.away("the gateway is closing; try again, a feed from its last cursor");
    }
    if (error.code === Code.DeadlineExceeded) return new ConnectError("the deadline passed", error.code);
    if (error.code === Code.ResourceExhausted) {
      return new ConnectError("the message is larger than this gateway takes", error.code);
    }
    return this.away(`the ${this.name} service cannot be reached; try again`);
  }

  // The same bytes, and in Connect's JSON the text of what they say beside them.
  readable(detail) {
    const desc = this.registry.getMessage(detail.type);
    try {
      return { ...detail, debug: desc && toJson(desc, fromBinary(desc, detail.value), { registry: this.registry }) };
    } catch {
      return detail;
    }
  }

  away(message) {
    const detail = (type, value) => ({ desc: this.registry.getMessage(type), value });
    return new ConnectError(message, Code.Unavailable, undefined, [
      detail("google.rpc.ErrorInfo", { domain: "kat", reason: "PEER_UNAVAILABLE", metadata: { peer: this.name } }),
      detail("google.rpc.RetryInfo", { retryDelay: { seconds: 1n, nanos: 0 } }),
    ]);
  }
}
