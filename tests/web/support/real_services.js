// The real services, for the browser test: those of an installation (KAT_WEB_E2E names its installation.json, KAT_WEB_CLINIC
// a clinic of it), or a whole system of its own, where the build has one.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, root } from "./paths.js";

const own = join(build, "web-stack");
const portBase = "7340";
const katctl = join(build, "bin/katctl");
const binaries = ["intake", "scheduling", "billing", "authorization", "messaging"].map((name) =>
  join(build, `bin/kat-${name}`),
);
const stack = (command, ...args) =>
  execFileSync(join(root, "deploy/stack"), [command, own, ...args], {
    env: { ...process.env, KAT_BUILD: build },
    stdio: ["ignore", "inherit", "inherit"],
  });

const given = process.env.KAT_WEB_E2E;

/** Why the real services cannot be had, or false. */
export const missing =
  given === undefined &&
  [katctl, ...binaries].some((path) => !existsSync(path)) &&
  "the services are not built; see KAT_WEB_E2E";

function connection(installation, clinic) {
  const run = (...args) =>
    execFileSync(katctl, ["--config", installation, "--clinic", clinic, ...args], { encoding: "utf8" });
  const { services, tls_ca: ca } = JSON.parse(readFileSync(installation, "utf8"));
  return { services, ca: join(dirname(installation), ca), clinic: `clinics/${clinic}`, run };
}

// Two events to follow: a clinic made, and changed.
function makeClinic({ clinic, run }) {
  const call = (role, method, request) => run("--role", role, "--json", "call", method, JSON.stringify(request));
  const hours = [{ day_of_week: "MONDAY", start_time: { hours: 8 }, end_time: { hours: 17 } }];
  const draft = {
    name: clinic,
    display_name: "Web Test",
    phone: "+12125550100",
    time_zone: "America/New_York",
    opening_hours: hours,
  };
  const made = JSON.parse(call("platform_admin", "CreateClinic", { clinic: draft, request_id: "web-test-create" }));
  const changed = { ...draft, display_name: "Web Test Clinic", etag: made.etag };
  call("clinic_admin", "UpdateClinic", { clinic: changed, update_mask: "display_name", request_id: "web-test-update" });
}

function startOwn() {
  try {
    stack("start", "--fast", "--no-gateway", "--port-base", portBase);
    makeClinic(connection(join(own, "installation.json"), "webtest"));
  } catch (error) {
    stack("stop");
    throw error;
  }
}

// A room that nobody plans with: its name.
function addRoom({ clinic, run }, id) {
  const request = { parent: clinic, room_id: id, room: { display_name: id, capacity: 1, retired: true }, request_id: id };
  return JSON.parse(run("--role", "clinic_admin", "--json", "call", "CreateRoom", JSON.stringify(request))).name;
}

/** Starts, or finds: `{services: {name: address}, ca, clinic, token, addRoom(id), stop()}`. */
export function startServices() {
  if (given === undefined) startOwn();
  const system = connection(given ?? join(own, "installation.json"), process.env.KAT_WEB_CLINIC ?? "webtest");
  const token = system.run("--role", "integration", "token").trim();
  return {
    ...system,
    token,
    addRoom: (id) => addRoom(system, id),
    stop: () => given === undefined && stack("stop"),
  };
}
