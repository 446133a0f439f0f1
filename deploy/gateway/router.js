// From the path of a request to the service that answers it.
import { Code, ConnectError, createConnectRouter, createContextValues } from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import { callRecord, Forwarder } from "./forward.js";
import { servicesOf } from "./image.js";
import { log } from "./log.js";

// Hands a request of node:http to a handler of Connect, as connectNodeAdapter does, but for one thing: a body that is
// refused half read is read to its end, since a caller that still writes may never see the answer. The server's time
// limit for a request bounds it. Throws where the request names no host, or an impossible one.
function serve(handler, request, response, record) {
  const universal = universalRequestFromNodeRequest(
    request,
    response,
    undefined,
    createContextValues().set(callRecord, record),
  );
  universal.body = request.iterator({ destroyOnReturn: false });
  response.once("finish", () => request.resume());
  handler(universal)
    .then((answer) => universalResponseToNodeResponse(answer, response))
    .catch((reason) => {
      if (ConnectError.from(reason).code === Code.Aborted) return; // the caller has left
      log.error("answer.failed", { trace_id: record.traceId, reason: reason?.name ?? "unknown" });
      response.destroy();
    });
}

/**
 * Makes `find(path)`: `{serve(request, response, record), method, kind}` for a path that is served, or undefined. A
 * service stands under `/<name>/` with the feed that all serve, and under `/` without it.
 * @param {any} registry the image
 * @param {{name: string, transport: import("@connectrpc/connect").Transport}[]} services
 * @param {{maxBodyBytes: number, forwardedHeaders: string[]}} options
 * @param {AbortSignal} draining ends the streams
 */
export function makeRouter(registry, services, options, draining) {
  const routes = new Map();
  for (const { name, transport } of services) {
    const forwarder = new Forwarder({
      name,
      transport,
      registry,
      draining,
      forwardedHeaders: options.forwardedHeaders,
    });
    const types = servicesOf(registry, name);
    const router = createConnectRouter({
      grpc: false,
      acceptCompression: [compressionGzip, compressionBrotli],
      // A misspelt field in JSON is a mistake to be told, not to be dropped.
      jsonOptions: { registry, ignoreUnknownFields: false },
      readMaxBytes: options.maxBodyBytes,
    });
    for (const type of types) router.service(type, forwarder.implement(type));
    for (const handler of router.handlers) {
      const { service, method, requestPath } = handler;
      const route = {
        method: `${service.typeName}/${method.name}`,
        kind: method.methodKind === "unary" ? "unary" : "stream",
        serve: (request, response, record) => serve(handler, request, response, record),
      };
      routes.set(`/${name}${requestPath}`, route);
      if (service.typeName.startsWith(`kat.${name}.`)) routes.set(requestPath, route);
    }
  }
  return (path) => routes.get(path);
}
