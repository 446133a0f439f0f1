// Connections to the services: gRPC over TLS.
import { X509Certificate } from "node:crypto";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

// The services take a certificate with such a name for a service of ours, which may do what no person may.
const serviceIdentity = /URI:spiffe:\/\/kat\//i;

/** What is wrong with a client certificate for this gateway, or undefined. */
export function certificateProblem(pem) {
  const names = new X509Certificate(pem).subjectAltName ?? "";
  return serviceIdentity.test(names)
    ? "the client certificate names a service of this system; the gateway is none"
    : undefined;
}

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

/** A transport to the service at `address`. One HTTP/2 connection, made on first use and again when it breaks. */
export function connectTo(address, options) {
  const baseUrl = `https://${address}`;
  const { tlsCa: ca, tlsCertificate: cert, tlsKey: key } = options.pem;
  // The event feed beats every 15 seconds: a connection silent for a minute is asked whether it still stands.
  const pings = { pingIntervalMs: 60_000, pingTimeoutMs: 10_000 };
  return createGrpcTransport({
    baseUrl,
    readMaxBytes: options.maxBodyBytes,
    writeMaxBytes: options.maxBodyBytes,
    sessionManager: new SessionManager(baseUrl, pings, { ca, cert, key, minVersion: "TLSv1.2" }),
  });
}
