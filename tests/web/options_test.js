// The gateway's options: what it refuses to start with, and its reference.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { describe as reference } from "../../deploy/gateway/describe.js";
import { parseOptions } from "../../deploy/gateway/options.js";
import { makeAuthority } from "./support/certificates.js";
import { runGateway, takePort } from "./support/gateway_process.js";
import { image, root } from "./support/paths.js";

const authority = makeAuthority();
const enough = ["--tls-ca", authority.ca, "--service-intake=127.0.0.1:7001"];
const problems = (...args) => parseOptions([...enough, ...args], {}).problems;

test("flags win over the environment, and the environment over defaults", () => {
  const env = { KAT_LISTEN: "127.0.0.1:1", KAT_ALLOWED_ORIGINS: "https://a.test, https://b.test" };
  const { options, problems: none } = parseOptions([...enough, "--listen", "127.0.0.1:2"], env);
  assert.deepEqual(none, []);
  assert.deepEqual(options.listen, { host: "127.0.0.1", port: 2 });
  assert.deepEqual(options.allowedOrigins, ["https://a.test", "https://b.test"]);
  assert.equal(options.maxBodyBytes, 8 << 20);
  assert.deepEqual(options.services, [{ name: "intake", address: "127.0.0.1:7001" }]);
});

test("everything wrong is told at once", async () => {
  const { status, stderr } = await runGateway([
    "--listen=nowhere",
    "--drain-seconds=x",
    "--nonsense=1",
    "--allowed-origins=a.test/x",
  ]);
  assert.equal(status, 2);
  for (const name of ["--listen", "--drain-seconds", "--nonsense", "--allowed-origins", "--tls-ca", "--service-"]) {
    assert.ok(stderr.includes(name), `${name}: ${stderr}`);
  }
});

test("an address that others reach needs TLS, or a word that something in front ends it", () => {
  assert.match(problems("--listen=0.0.0.0:80")[0], /others reach it/);
  assert.match(problems("--listen=[::]:80")[0], /others reach it/);
  assert.deepEqual(problems("--listen=0.0.0.0:80", "--behind-proxy=true"), []);
  assert.deepEqual(problems("--listen=[::1]:80"), []);
});

test("no header that says who a service is can be passed on", () => {
  for (const name of ["kat-clinic", "grpc-timeout", "cookie", "host", "content-type", "X-Upper"]) {
    assert.equal(problems(`--forwarded-headers=${name}`).length, 1, name);
  }
  assert.deepEqual(problems("--forwarded-headers=x-request-id,baggage"), []);
});

test("a client certificate with the name of a service is refused, one of the gateway's own is not", async () => {
  const service = authority.issue("thief", "DNS:localhost,URI:spiffe://kat/scheduling");
  const args = (pair) => [
    ...enough,
    `--image=${image}`,
    `--tls-certificate=${pair.certificate}`,
    `--tls-key=${pair.key}`,
  ];
  const { status, stderr } = await runGateway(args(service));
  assert.equal(status, 2);
  assert.match(stderr, /names a service of this system/);
  const own = authority.issue("own", "DNS:gateway");
  assert.match((await runGateway([...args(own), "--image=/nowhere"])).stderr, /--image/);
});

test("files that are no certificate, or another's key, are told at once and before anything is served", () => {
  const [one, two] = ["one", "two"].map((name) => authority.issue(name, "DNS:localhost"));
  const found = problems(`--listen-certificate=${one.certificate}`, `--listen-key=${two.key}`, "--tls-key=/nowhere");
  for (const part of ["--listen-key: ", "is not the key of", "--tls-key: cannot read /nowhere", "go together"]) {
    assert.ok(found.join("\n").includes(part), `${part}: ${found.join("\n")}`);
  }
  assert.match(problems(`--listen-certificate=${one.key}`, `--listen-key=${one.key}`)[0], /no certificate in/);
  assert.match(problems("--tls-ca", one.key).join("\n"), /--tls-ca: no certificate in/);
});

test("a port that is taken is named", async () => {
  const { listening, port } = await takePort();
  const { status, stderr } = await runGateway([...enough, `--image=${image}`, `--listen=127.0.0.1:${port}`]);
  listening.close();
  assert.equal(status, 2);
  assert.match(stderr, new RegExp(`127.0.0.1:${port} is taken`));
});

test("the reference in README.md is what --describe prints", async () => {
  const { stdout } = await runGateway(["--describe"]);
  assert.equal(stdout, reference());
  assert.ok(
    readFileSync(join(root, "deploy/gateway/README.md"), "utf8").includes(stdout),
    "copy the output of --describe",
  );
});
