// A page in a headless Chromium calls through the gateway: to a stand-in service, and to the real ones.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBrowser } from "./support/browser.js";
import { makeAuthority } from "./support/certificates.js";
import { startGateway } from "./support/gateway_process.js";
import { servePages } from "./support/pages.js";
import { missing, startServices } from "./support/real_services.js";
import { StandIn } from "./support/stand_in.js";

const busyMachineMs = 120_000; // a page is some 200 modules, and a build may run beside
let browser, allowed, refused;

before(async () => {
  [browser, allowed, refused] = await Promise.all([startBrowser(), servePages(), servePages()]);
});

after(async () => {
  await browser?.close();
  await allowed?.close();
  await refused?.close();
});

const pages = new Map();

/** The test page of an origin, whose functions stand in `window.kat`. */
async function open(origin) {
  if (pages.has(origin)) return pages.get(origin);
  const page = await browser.newPage();
  page.setDefaultTimeout(busyMachineMs);
  await page.goto(origin);
  await page.waitForFunction("window.kat !== undefined");
  pages.set(origin, page);
  return page;
}

/** What every clinic's service must do for a page: `target()` gives `{gateway, token, clinic, cursor}`. */
function describePage(target) {
  for (const protocol of ["gRPC-Web", "Connect"]) {
    const call = async (origin, action) => (await open(origin)).evaluate(action, { ...target(), protocol });

    test(`a unary call over ${protocol}, with its trace id`, async () => {
      const answer = await call(allowed.origin, (to) => window.kat.getClinic(to, to.clinic));
      assert.equal(answer.name, target().clinic, JSON.stringify(answer));
      assert.ok(answer.displayName.length > 0);
      assert.match(answer.traceId, /^[0-9a-f]{32}$/);
    });

    test(`an event stream over ${protocol}`, async () => {
      const { events } = await call(allowed.origin, (to) => window.kat.subscribe(to, to.clinic, to.cursor, 2));
      assert.equal(events?.length, 2);
      assert.ok(events.every((event) => event.clinic === target().clinic && event.cursor !== ""));
    });

    test(`an error with its reason and field over ${protocol}`, async () => {
      const error = await call(allowed.origin, (to) => window.kat.getClinic(to, "Not a name"));
      assert.equal(error.code, "InvalidArgument");
      assert.equal(error.reason, "FIELD_INVALID");
      assert.deepEqual(error.fields, ["name"]);
    });

    test(`a page of another origin is refused by the browser over ${protocol}`, async () => {
      const error = await call(refused.origin, (to) => window.kat.getClinic(to, to.clinic));
      assert.notEqual(error.code, undefined);
      assert.equal(error.name, undefined);
    });
  }
}

describe("a page and a stand-in service", () => {
  let standIn, gateway;

  before(async () => {
    const authority = makeAuthority();
    standIn = new StandIn(authority.issue("scheduling", "DNS:localhost,IP:127.0.0.1"));
    gateway = await startGateway({
      "service-scheduling": await standIn.listen(),
      "tls-ca": authority.ca,
      "allowed-origins": allowed.origin,
    });
  });

  after(async () => {
    await gateway?.stop();
    await standIn?.kill();
  });

  describePage(() => ({ gateway: gateway.url, token: "t", clinic: "clinics/harbor", cursor: "" }));

  test("a refused page reaches no service", async () => {
    const calls = standIn.calls.length;
    const page = await open(refused.origin);
    await page.evaluate((to) => window.kat.getClinic(to, "clinics/harbor"), {
      gateway: gateway.url,
      token: "t",
      protocol: "Connect",
    });
    assert.equal(standIn.calls.length, calls);
  });
});

describe("a page and the real services", { skip: missing }, () => {
  let system, gateway;

  before(async () => {
    system = startServices();
    const addresses = Object.entries(system.services).map(([name, address]) => [`service-${name}`, address]);
    gateway = await startGateway({
      ...Object.fromEntries(addresses),
      "tls-ca": system.ca,
      "allowed-origins": allowed.origin,
    });
  });

  after(async () => {
    await gateway?.stop();
    system?.stop();
  });

  describePage(() => ({ gateway: gateway.url, token: system.token, clinic: system.clinic, cursor: "" }));

  for (const protocol of ["gRPC-Web", "Connect"]) {
    test(`a watched schedule shows what changes, and goes on where it was left, over ${protocol}`, async () => {
      const page = await open(allowed.origin);
      const target = { gateway: gateway.url, token: system.token, protocol, clinic: system.clinic };
      const [first, second] = ["live", "missed"].map((id) => `${id}-${protocol.toLowerCase()}-${Date.now()}`);
      const watch = (id, token) =>
        page.evaluate(
          ({ to, name, from }) => window.kat.watchSchedule(to, to.clinic, name, from),
          { to: target, name: `${system.clinic}/rooms/${id}`, from: token },
        );
      const watched = watch(first, "");
      await page.waitForFunction(() => window.kat.steps?.some(({ kind, complete }) => kind === "snapshot" && complete));
      const name = system.addRoom(first);
      const shown = (await watched).at(-1);
      assert.deepEqual([shown.kind, shown.resources], ["change", [name]]);
      const missed = system.addRoom(second);
      // The first change may come before the server has noticed this one, and then has nothing in it.
      const rest = await watch(second, shown.token);
      assert.ok(rest.every(({ kind }) => kind === "change"));
      assert.ok(rest.at(-1).resources.includes(missed));
    });
  }

  test("a token that has been tampered with is UNAUTHENTICATED", async () => {
    const page = await open(allowed.origin);
    const target = { gateway: gateway.url, token: `${system.token}x`, protocol: "gRPC-Web", clinic: system.clinic };
    const error = await page.evaluate((to) => window.kat.getClinic(to, to.clinic), target);
    assert.deepEqual([error.code, error.reason], ["Unauthenticated", "TOKEN_INVALID"]);
  });
});
