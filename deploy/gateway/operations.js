// The port for operations: /metrics and /healthz.
import http from "node:http";

/** Serves them until the returned server is closed. Rejects where the port is taken. */
export async function serveOperations(host, port, metrics, isServing) {
  const server = http.createServer(async (request, response) => {
    if (request.url === "/metrics") {
      response.writeHead(200, { "content-type": metrics.registry.contentType });
      response.end(await metrics.registry.metrics());
    } else if (request.url === "/healthz") {
      response.writeHead(isServing() ? 200 : 503, { "content-type": "application/json" });
      response.end(JSON.stringify({ status: isServing() ? "SERVING" : "NOT_SERVING" }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}
