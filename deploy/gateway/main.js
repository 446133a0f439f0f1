// Wires the gateway and runs it until SIGTERM or SIGINT.
import { describe } from "./describe.js";
import { loadImage } from "./image.js";
import { configureLog, log } from "./log.js";
import { Metrics } from "./metrics.js";
import { serveOperations } from "./operations.js";
import { parseOptions } from "./options.js";
import { Gateway } from "./server.js";
import { certificateProblem, connectTo } from "./upstream.js";

const usage = 2;

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
const badCertificate = options.pem.tlsCertificate && certificateProblem(options.pem.tlsCertificate);
if (badCertificate) refuse([`--tls-certificate: ${badCertificate}`]);
configureLog(options.logLevel);

const metrics = new Metrics();
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
  refuse([error.message]);
}

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
