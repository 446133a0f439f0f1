// Wires the gateway and runs it until SIGTERM or SIGINT.
import { describe } from "./describe.js";
import { loadImage } from "./image.js";
import { configureLog, log } from "./log.js";
import { Metrics } from "./metrics.js";
import { serveOperations } from "./operations.js";
import { parseOptions } from "./options.js";
import { expirySeconds, readPem, samePem } from "./pem.js";
import { Gateway } from "./server.js";
import { connectTo } from "./upstream.js";

const usage = 2;
const certificatesEveryMs = 60_000;

function refuse(problems) {
  process.stderr.write(`gateway:\n  ${problems.join("\n  ")}\n`);
  process.exit(usage);
}

function readImage(path) {
  try {
    return loadImage(path);
  } catch (error) {
    return refuse([`--image: cannot read ${path}: ${error.message}`]);
  }
}

const argv = process.argv.slice(2);
if (argv.includes("--describe") || argv.includes("--help")) {
  process.stdout.write(describe());
  process.exit(0);
}
const { options, problems } = parseOptions(argv, process.env);
if (problems.length > 0) refuse(problems);
configureLog(options.logLevel);

const metrics = new Metrics();
const noteExpiry = () => metrics.certificateExpiry.set(expirySeconds(options.pem) ?? 0);
noteExpiry();
const services = options.services.map(({ name, address }) => ({ name, transport: connectTo(address, options) }));
const gateway = new Gateway(options, readImage(options.image), services, metrics);

let operations;
try {
  const { address, port } = await gateway.listen();
  if (options.metricsPort !== 0) {
    operations = await serveOperations(options.metricsHost, options.metricsPort, metrics, () => gateway.serving);
  }
  log.info("gateway.serving", { address, port, services: services.map(({ name }) => name) });
} catch (error) {
  refuse([error.code === "EADDRINUSE" ? `${error.address}:${error.port} is taken by another process` : error.message]);
}

// Certificates that were replaced hold from now on, without a restart. Half-written ones wait for the next look.
function renewCertificates() {
  const { pem, problems } = readPem(options);
  if (problems.length > 0) return log.error("certificates.refused", { problems });
  if (samePem(pem, options.pem)) return;
  options.pem = pem;
  for (const { transport } of services) transport.renew(pem);
  gateway.renew(pem);
  noteExpiry();
  log.info("certificates.renewed");
}
setInterval(renewCertificates, certificatesEveryMs).unref();
process.on("SIGHUP", renewCertificates);

let closing = false;
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, async () => {
    if (closing) return;
    closing = true;
    log.info("gateway.draining", { signal });
    await gateway.close(options.drainSeconds);
    operations?.close();
    log.info("gateway.stopped");
    process.exit(0);
  });
}
