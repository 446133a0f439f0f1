// The gateway between Node clients and a stand-in service.
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { makeAuthority } from "./support/certificates.js";
import { freePort, startGateway } from "./support/gateway_process.js";
import { installPackage, temporaryFolder } from "./support/paths.js";
import { StandIn } from "./support/stand_in.js";

const api = join(installPackage(), "node_modules/@kat/api");
const { SchedulingService } = await import(pathToFileURL(join(api, "scheduling.js")).href);
const { EventFeedService } = await import(pathToFileURL(join(api, "common.js")).href);
const { BadRequestSchema, ErrorInfoSchema } = await import(pathToFileURL(join(api, "errors.js")).href);

const authority = makeAuthority();
const identity = authority.issue("scheduling", "DNS:localhost,IP:127.0.0.1,URI:spiffe://kat/scheduling");
const origin = "http://pages.test";
const trace = "0af7651916cd43dd8448eb211c80319c";
let standIn, gateway;

async function start(options = {}) {
  return startGateway({
    "service-scheduling": standIn.address,
    "tls-ca": authority.ca,
    "allowed-origins": origin,
    "exposed-headers": "kat-notice",
    "max-body-bytes": "200000",
    ...options,
  });
}

function clients(makeTransport, base) {
  const transport = makeTransport({ baseUrl: base, httpVersion: "1.1" });
  return { scheduling: createClient(SchedulingService, transport), feed: createClient(EventFeedService, transport) };
}

async function failure(promise) {
  const error = await promise.then(() => assert.fail("the call was answered"), ConnectError.from);
  return error;
}

const postJson = (path, body, headers = {}) =>
  fetch(`${gateway.url}${path}`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

before(async () => {
  standIn = new StandIn(identity);
  standIn.address = await standIn.listen();
  gateway = await start();
});

after(async () => {
  await gateway?.stop();
  await standIn.kill();
});

for (const [protocol, makeTransport] of [
  ["gRPC-Web", createGrpcWebTransport],
  ["Connect", createConnectTransport],
]) {
  describe(`over ${protocol}`, () => {
    test("a unary call is answered, under the service's prefix and without it", async () => {
      for (const base of [`${gateway.url}/scheduling`, gateway.url]) {
        const clinic = await clients(makeTransport, base).scheduling.getClinic({ name: "clinics/harbor" });
        assert.equal(clinic.displayName, "Harbor");
      }
    });

    test("token, trace and deadline reach the service, other headers do not", async () => {
      const headers = {
        authorization: "Bearer abc",
        traceparent: `00-${trace}-b7ad6b7169203331-01`,
        "kat-clinic": "other",
        "x-other": "1",
      };
      const { scheduling } = clients(makeTransport, gateway.url);
      let trailer;
      await scheduling.getClinic(
        { name: "clinics/harbor" },
        { headers, timeoutMs: 4000, onTrailer: (value) => (trailer = value) },
      );
      const call = standIn.calls.at(-1);
      assert.equal(call.headers.get("authorization"), "Bearer abc");
      assert.equal(call.headers.get("traceparent").split("-")[1], trace);
      assert.equal(call.headers.get("kat-clinic"), null);
      assert.equal(call.headers.get("x-other"), null);
      assert.ok(call.timeoutMs > 0 && call.timeoutMs <= 4000);
      assert.equal(trailer.get("kat-trace-id"), trace);
      assert.equal(trailer.get("internal-note"), null);
    });

    test("an error keeps its code, message, reason and field", async () => {
      const error = await failure(clients(makeTransport, gateway.url).scheduling.getClinic({ name: "Nowhere" }));
      assert.equal(error.code, Code.InvalidArgument);
      assert.equal(error.rawMessage, "the request has a field that cannot stand");
      assert.equal(error.findDetails(ErrorInfoSchema)[0].reason, "FIELD_INVALID");
      assert.equal(error.findDetails(BadRequestSchema)[0].fieldViolations[0].field, "name");
    });

    test("a stream delivers as events happen, and ends upstream when the caller leaves", async () => {
      const { feed } = clients(makeTransport, `${gateway.url}/scheduling`);
      const seen = [];
      const leaving = new AbortController();
      for await (const { events } of feed.subscribe(
        { parent: "clinics/harbor", cursor: "1" },
        { signal: leaving.signal },
      )) {
        seen.push(...events.map((event) => event.cursor));
        if (seen.length === 2) break;
      }
      leaving.abort();
      assert.deepEqual(seen, ["2", "3"]);
      await standIn.streamEnded;
      assert.equal(standIn.openStreams, 0);
    });

    test("a deadline that passes ends the call at both ends", async () => {
      const { scheduling } = clients(makeTransport, gateway.url);
      const error = await failure(scheduling.getClinic({ name: "clinics/hangs" }, { timeoutMs: 200 }));
      assert.equal(error.code, Code.DeadlineExceeded);
    });

    test("messages over the limit are refused, in and out", async () => {
      const { scheduling } = clients(makeTransport, gateway.url);
      const sent = await failure(scheduling.getClinic({ name: "x".repeat(300_000) }));
      assert.equal(sent.code, Code.ResourceExhausted);
      const received = await failure(scheduling.getClinic({ name: "clinics/big" }));
      assert.equal(received.code, Code.ResourceExhausted);
    });
  });
}

describe("refusals", () => {
  test("an unknown field, broken JSON, an unknown method and a GET get no further", async () => {
    const path = "/kat.scheduling.v1.SchedulingService/GetClinic";
    const before = standIn.calls.length;
    assert.equal((await postJson(path, '{"nmae":"clinics/harbor"}')).status, 400);
    assert.equal((await postJson(path, "{")).status, 400);
    assert.equal((await postJson("/kat.scheduling.v1.SchedulingService/Nothing", "{}")).status, 404);
    assert.equal((await postJson("/kat.common.v1.EventFeedService/Subscribe", "{}")).status, 404);
    assert.equal((await postJson("/kat.common.v1.SimulationService/GetSimulationStatus", "{}")).status, 404);
    assert.equal((await postJson(path, "<a/>", { "content-type": "text/xml" })).status, 415);
    assert.equal((await fetch(`${gateway.url}${path}`)).status, 405);
    assert.equal(standIn.calls.length, before);
  });

  test("an error in JSON can be read by a person, and keeps the service's bytes", async () => {
    const answer = await postJson("/kat.scheduling.v1.SchedulingService/GetClinic", '{"name":"Nowhere"}');
    assert.equal(answer.status, 400);
    const { code, details } = await answer.json();
    assert.equal(code, "invalid_argument");
    assert.deepEqual(details[1].debug, {
      fieldViolations: [{ field: "name", description: "must be clinics/{clinic}" }],
    });
    assert.match(Buffer.from(details[1].value, "base64").toString(), /must be clinics/);
  });

  test("a page of another origin is refused, before and at the call", async () => {
    const path = `${gateway.url}/kat.scheduling.v1.SchedulingService/GetClinic`;
    const ask = (from) =>
      fetch(path, { method: "OPTIONS", headers: { origin: from, "access-control-request-method": "POST" } });
    const yes = await ask(origin);
    assert.equal(yes.status, 204);
    assert.equal(yes.headers.get("access-control-allow-origin"), origin);
    assert.match(yes.headers.get("access-control-allow-headers"), /authorization/);
    const no = await ask("http://elsewhere.test");
    assert.equal(no.status, 403);
    assert.equal(no.headers.get("access-control-allow-origin"), null);
    const before = standIn.calls.length;
    assert.equal(
      (await postJson("/kat.scheduling.v1.SchedulingService/GetClinic", "{}", { origin: "null" })).status,
      403,
    );
    assert.equal(standIn.calls.length, before);
  });

  test("a request without a host, or with an impossible one, is refused and harms nothing", async () => {
    const { hostname, port } = new URL(gateway.url);
    const target = "POST /kat.scheduling.v1.SchedulingService/GetClinic";
    for (const head of [`${target} HTTP/1.0`, `${target} HTTP/1.1\r\nHost: a b:c`, "GET / HTTP/1.1\r\nno colon"]) {
      const socket = connect(Number(port), hostname);
      socket.end(`${head}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
      const answer = (await socket.toArray()).join("");
      assert.match(answer, /^HTTP\/1.1 400 /);
    }
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });

  test("answers are kept by no cache and name the headers that a page may read", async () => {
    const answer = await postJson("/kat.scheduling.v1.SchedulingService/GetClinic", '{"name":"clinics/harbor"}', {
      origin,
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    for (const name of ["grpc-status-details-bin", "kat-trace-id", "kat-notice"]) {
      assert.ok(answer.headers.get("access-control-expose-headers").toLowerCase().includes(name), name);
    }
    assert.match(answer.headers.get("kat-trace-id"), /^[0-9a-f]{32}$/);
  });

  test("a killed service is UNAVAILABLE with a reason and no address, and is found again, 20 times", async () => {
    let other = new StandIn(identity);
    const address = await other.listen();
    const own = await start({ "service-scheduling": address });
    const { scheduling } = clients(createGrpcWebTransport, own.url);
    for (let round = 0; round < 20; round++) {
      assert.equal((await scheduling.getClinic({ name: "clinics/harbor" })).displayName, "Harbor");
      await other.kill();
      const error = await failure(scheduling.getClinic({ name: "clinics/harbor" }));
      assert.equal(error.code, Code.Unavailable);
      assert.equal(error.findDetails(ErrorInfoSchema)[0].reason, "PEER_UNAVAILABLE");
      assert.doesNotMatch(error.message, /127\.0\.0\.1|ECONN/);
      other = new StandIn(identity);
      await other.listen(Number(address.split(":")[1]));
    }
    assert.equal(await own.stop(), 0);
    await other.kill();
  });

  test("a service whose certificate another authority signed is not called", async () => {
    const stranger = makeAuthority();
    const own = await start({ "tls-ca": stranger.ca });
    const before = standIn.calls.length;
    const error = await failure(
      clients(createGrpcWebTransport, own.url).scheduling.getClinic({ name: "clinics/harbor" }),
    );
    assert.equal(error.code, Code.Unavailable);
    assert.equal(standIn.calls.length, before);
    await own.stop();
  });
});

describe("running", () => {
  test("a drain finishes the running call, ends the stream with UNAVAILABLE, and exits 0", async () => {
    const own = await start();
    const { scheduling, feed } = clients(createGrpcWebTransport, `${own.url}/scheduling`);
    const stream = feed.subscribe({ parent: "clinics/harbor", cursor: "2" })[Symbol.asyncIterator]();
    assert.equal((await stream.next()).value.cursor, "3");
    const slow = scheduling.getClinic({ name: "clinics/slow" });
    await standIn.slowArrived.promise;
    const exit = own.stop();
    const ended = await failure(stream.next());
    assert.equal(ended.code, Code.Unavailable);
    await assert.rejects(fetch(`${own.url}/healthz`));
    standIn.held.resolve();
    assert.equal((await slow).displayName, "Harbor");
    assert.equal(await exit, 0);
  });

  test("health, metrics and logs tell of calls and not of what they said", async () => {
    const port = await freePort();
    const own = await start({ "metrics-port": String(port) });
    assert.equal((await fetch(`${own.url}/healthz`)).status, 200);
    const { scheduling } = clients(createConnectTransport, own.url);
    await scheduling.getClinic({ name: "clinics/harbor" }, { headers: { authorization: "Bearer secret-token" } });
    await failure(scheduling.getClinic({ name: "Nowhere-Patient" }));
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const labels = 'method="kat.scheduling.v1.SchedulingService/GetClinic",protocol="connect"';
    assert.ok(metrics.includes(`kat_gateway_calls_total{${labels},code="OK"} 1`), metrics);
    assert.ok(metrics.includes(`kat_gateway_calls_total{${labels},code="INVALID_ARGUMENT"} 1`));
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
    assert.equal(await own.stop(), 0);
    const events = own.lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      events.filter(({ event }) => event === "call.done").map(({ code }) => code),
      ["OK", "INVALID_ARGUMENT"],
    );
    assert.doesNotMatch(own.lines.join("\n"), /secret-token|Nowhere|Harbor|harbor/);
  });

  test("with a certificate it serves HTTPS, over HTTP/2 and HTTP/1.1, and outlives rude callers", async () => {
    const { certificate, key } = authority.issue("gateway", "DNS:localhost,IP:127.0.0.1");
    const own = await start({ "listen-certificate": certificate, "listen-key": key });
    const ca = readFileSync(authority.ca);
    const { port } = new URL(own.url);
    const plain = connect(Number(port), "127.0.0.1").end("GET / HTTP/1.1\r\n\r\n");
    plain.on("error", () => {}).resume();
    const rude = connectTls({ port: Number(port), host: "127.0.0.1", ca, ALPNProtocols: ["h2"] });
    await once(rude, "secureConnect");
    rude.on("error", () => {}).resume();
    rude.end("no HTTP/2 at all");
    for (const httpVersion of ["1.1", "2"]) {
      const transport = createGrpcWebTransport({ baseUrl: `${own.url}/scheduling`, httpVersion, nodeOptions: { ca } });
      const leaving = new AbortController();
      const feed = createClient(EventFeedService, transport).subscribe({ cursor: "2" }, { signal: leaving.signal });
      await feed[Symbol.asyncIterator]().next();
      leaving.abort();
      await standIn.streamEnded;
      const session = connectHttp2(own.url, { ca });
      session
        .on("error", () => {})
        .request({ ":method": "POST", ":path": "/kat.scheduling.v1.SchedulingService/GetClinic" });
      await once(session, "remoteSettings");
      session.destroy(undefined, 2);
      const clinic = await createClient(SchedulingService, transport).getClinic({ name: "clinics/harbor" });
      assert.equal(clinic.displayName, "Harbor");
    }
    assert.equal(await own.stop(), 0);
  });

  test("a certificate and an authority that are replaced hold without a restart; halves of a pair do not", async () => {
    const folder = temporaryFolder();
    const [certificate, key, ca] = ["tls.pem", "tls.key", "ca.pem"].map((name) => join(folder, name));
    const [first, second] = ["first", "second"].map((name) => authority.issue(name, "DNS:localhost,IP:127.0.0.1"));
    copyFileSync(first.certificate, certificate);
    copyFileSync(first.key, key);
    copyFileSync(makeAuthority().ca, ca); // has not signed the service's certificate
    const own = await start({ "listen-certificate": certificate, "listen-key": key, "tls-ca": ca });
    const port = Number(new URL(own.url).port);
    const shown = async () => {
      const socket = connectTls({ port, host: "127.0.0.1", ca: readFileSync(authority.ca) });
      await once(socket, "secureConnect");
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN;
    };
    const call = () => {
      const nodeOptions = { ca: readFileSync(authority.ca) };
      const transport = createGrpcWebTransport({ baseUrl: own.url, httpVersion: "1.1", nodeOptions });
      return createClient(SchedulingService, transport).getClinic({ name: "clinics/harbor" });
    };
    const look = async (event) => {
      const said = own.logs(event);
      own.child.kill("SIGHUP");
      return said;
    };
    assert.equal(await shown(), "first");
    assert.equal((await failure(call())).code, Code.Unavailable);

    copyFileSync(second.certificate, certificate);
    const { problems } = await look("certificates.refused");
    assert.match(problems.join(), /is not the key of/);
    assert.equal(await shown(), "first");

    copyFileSync(second.key, key);
    copyFileSync(authority.ca, ca);
    await look("certificates.renewed");
    assert.equal(await shown(), "second");
    assert.equal((await call()).displayName, "Harbor");
    assert.equal(await own.stop(), 0);
  });
});
