// The reference that `--describe` prints and README.md holds.
import { metricTable } from "./metrics.js";
import { environmentName, optionTable } from "./options.js";

const code = (text) => (text === "" ? "" : `\`${text}\``);

/** Options, ports and metrics as Markdown. */
export function describe() {
  const options = optionTable.map(
    ({ name, value, help }) => `| \`--${name}\` | \`${environmentName(name)}\` | ${code(value)} | ${help} |`,
  );
  const metrics = metricTable.map(({ name, labels, help }) => `| \`${name}\` | ${labels.join(", ")} | ${help} |`);
  return [
    "## Options",
    "",
    "| flag | environment | default | meaning |",
    "| --- | --- | --- | --- |",
    ...options,
    "",
    "## Ports",
    "",
    "| port | serves |",
    "| --- | --- |",
    "| 8080 | gRPC-Web and Connect over HTTP/1.1 (and HTTP/2 with a certificate); /healthz |",
    "| 9108 | HTTP: /metrics, /healthz |",
    "",
    "## Metrics",
    "",
    "| name | labels | meaning |",
    "| --- | --- | --- |",
    ...metrics,
    "| `process_*`, `nodejs_*` | | of the process, as prom-client names them |",
    "",
  ].join("\n");
}
