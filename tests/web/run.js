// run.js [NAME...]: runs the test files whose name contains a NAME, or all, and adds the results up.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith("_test.js") && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .map((name) => join(here, name));

let passed = 0;
let failed = 0;
const isCase = (data) => data.details.type !== "suite" && !data.skip;
const results = run({ files, concurrency: 1, timeout: 900_000 });
results.on("test:pass", (data) => (passed += isCase(data) ? 1 : 0));
results.on("test:fail", (data) => (failed += isCase(data) ? 1 : 0));
results.compose(new spec()).pipe(process.stdout);
results.on("end", () => {
  process.on("exit", () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
});
