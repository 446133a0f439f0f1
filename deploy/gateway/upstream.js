// Connections to the services: gRPC over TLS.
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

// connect-node 2.1.2 stops listening to a connection that got a GOAWAY without open streams, and the error that may
// follow, when a service is killed, would end the process. gateway_test.js fails without this.
class SessionManager extends Http2SessionManager {
  #heard = new WeakSet();

  async request(...args) {
    const stream = await super.request(...args);
    const { session } = stream;
    if (session !== undefined && !this.#heard.has(session)) {
      this.#heard.add(session);
      session.on("error", () => {}); // its streams report it
    }
    return stream;
  }
}

function transportTo(address, options, { tlsCa: ca, tlsCertificate: cert, tlsKey: key }) {
  const baseUrl = `https://${address}`;
  // The event feed beats every 15 seconds: a connection silent for a minute is asked whether it still stands.
  const pings = { pingIntervalMs: 60_000, pingTimeoutMs: 10_000 };
  return createGrpcTransport({
    baseUrl,
    readMaxBytes: options.maxBodyBytes,
    writeMaxBytes: options.maxBodyBytes,
    sessionManager: new SessionManager(baseUrl, pings, { ca, cert, key, minVersion: "TLSv1.2" }),
  });
}

/**
 * A transport to the service at `address`. One HTTP/2 connection, made on first use and again when it breaks. After
 * `renew(pem)` new calls go by the new certificates; the connection before ends when its last call has.
 */
export function connectTo(address, options) {
  let current = transportTo(address, options, options.pem);
  return {
    unary: (...call) => current.unary(...call),
    stream: (...call) => current.stream(...call),
    renew: (pem) => (current = transportTo(address, options, pem)),
  };
}
