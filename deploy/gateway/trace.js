// W3C Trace Context (https://www.w3.org/TR/trace-context/), version 00.
import { randomBytes } from "node:crypto";

const nothing = "0".repeat(32);

/** The trace id of a `traceparent` header; a new one where it is absent or malformed. */
export function traceIdFrom(traceparent) {
  const id = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent ?? "")?.[1];
  return id !== undefined && id !== nothing ? id : randomBytes(16).toString("hex");
}

/** A `traceparent` for a call made under `traceId`, with a new span id. */
export function makeTraceparent(traceId) {
  return `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
}
