// What Prometheus reads. One registry a process.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** @type {{name: string, labels: string[], help: string}[]} */
export const metricTable = [
  {
    name: "kat_gateway_calls_total",
    labels: ["method", "protocol", "code"],
    help: "Calls answered; code REFUSED: a body that could not be read",
  },
  { name: "kat_gateway_call_seconds", labels: ["method"], help: "Time to answer a unary call, histogram" },
  { name: "kat_gateway_calls_in_flight", labels: ["kind"], help: "Calls being answered: unary, stream" },
  {
    name: "kat_gateway_refused_total",
    labels: ["why"],
    help: "Requests refused before a call: origin, path, method, host, draining",
  },
  {
    name: "kat_gateway_certificate_expiry_timestamp_seconds",
    labels: [],
    help: "When the certificate of --listen-certificate expires; 0 without one",
  },
];

export class Metrics {
  constructor() {
    this.registry = new Registry();
    collectDefaultMetrics({ register: this.registry });
    const [calls, seconds, inFlight, refused, expiry] = metricTable.map(({ name, labels, help }) => ({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
    }));
    this.calls = new Counter(calls);
    this.seconds = new Histogram({
      ...seconds,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    });
    this.inFlight = new Gauge(inFlight);
    this.refused = new Counter(refused);
    this.certificateExpiry = new Gauge(expiry);
  }
}
