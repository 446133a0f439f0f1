// Which pages may call. Tokens travel in a header and never in a cookie, so that no credentials mode is allowed.
import { cors as protocols } from "@connectrpc/connect";

const ownRequestHeaders = ["authorization", "traceparent"];
const ownResponseHeaders = ["kat-trace-id", "trailer-kat-trace-id"];
const preflightSeconds = 7200; // Chromium keeps no answer for longer

/** The CORS rules of one gateway. */
export class Cors {
  /** @param {{allowedOrigins: string[], exposedHeaders: string[], forwardedHeaders: string[]}} options */
  constructor({ allowedOrigins, exposedHeaders, forwardedHeaders }) {
    this.origins = new Set(allowedOrigins);
    this.requestHeaders = [...protocols.allowedHeaders, ...ownRequestHeaders, ...forwardedHeaders].join(", ");
    this.responseHeaders = [...protocols.exposedHeaders, ...ownResponseHeaders, ...exposedHeaders].join(", ");
  }

  /** Whether a request with this `Origin` may pass; one without is no page's. */
  allows(origin) {
    return origin === undefined || this.origins.has("*") || this.origins.has(origin);
  }

  /** Puts what a page of an allowed origin needs on a response. */
  mark(origin, response) {
    response.setHeader("vary", "Origin");
    if (origin === undefined) return;
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", this.responseHeaders);
  }

  /** Answers the question that a browser asks before a call. */
  answerPreflight(response) {
    response.writeHead(204, {
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": this.requestHeaders,
      "access-control-max-age": String(preflightSeconds),
    });
    response.end();
  }
}
