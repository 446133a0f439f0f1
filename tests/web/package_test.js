// The npm package as a partner meets it: packed, installed, and compiled against.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bin, build, installPackage } from "./support/paths.js";

const folder = installPackage();
const api = join(folder, "node_modules/@kat/api");
const settings = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.asynciterable"];

/** What the TypeScript compiler says of a partner's files, `{name: text}`. */
function compile(files) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const paths = Object.keys(files).map((name) => join(folder, name));
  return spawnSync(
    join(bin, "tsc"),
    [...settings, "--module", "nodenext", "--moduleResolution", "nodenext", ...paths],
    { encoding: "utf8" },
  );
}

const calls = (id) => `
  import { createClient, ConnectError } from "@connectrpc/connect";
  import { createGrpcWebTransport } from "@connectrpc/connect-web";
  import { SchedulingService, type Clinic } from "@kat/api/scheduling";
  import { EventFeedService, Role } from "@kat/api/common";
  import { BadRequestSchema } from "@kat/api/errors";
  import { type Date as Day } from "@kat/api/types";
  import { PatientSchema } from "@kat/api/kat/intake/v1/patient_pb.js";
  import * as all from "@kat/api/billing";
  import * as more from "@kat/api/authorization";
  import * as most from "@kat/api/messaging";
  const transport = createGrpcWebTransport({ baseUrl: "http://127.0.0.1" });
  export const clinic: Promise<Clinic> = createClient(SchedulingService, transport).getClinic({ name: ${id} });
  export async function follow() {
    for await (const { events } of createClient(EventFeedService, transport).subscribe({ parent: "clinics/harbor" })) {
      const version: bigint | undefined = events[0]?.subjectVersion;
      console.log(version, Role.ASSISTANT);
    }
  }
  export const fields = (error: ConnectError) =>
    error.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations);
  export const day = (value: Day): number => value.year;
  export const names = [PatientSchema.typeName, Object.keys(all), Object.keys(more), Object.keys(most)];
`;

test("a partner's TypeScript compiles against it, as the README's example does, and a wrong type does not", () => {
  const readme = readFileSync(join(api, "README.md"), "utf8");
  const [, example] = /```js\n(.*?)```/s.exec(readme);
  const { stdout } = compile({
    "good.mts": calls('"clinics/harbor"'),
    "bad.mts": calls("7"),
    "example.mts": `declare const token: string;\n${example}`,
  });
  const errors = stdout.split("\n").filter((line) => line.includes("error TS"));
  assert.equal(errors.length, 1, stdout);
  assert.match(errors[0], /bad\.mts.*Type 'number' is not assignable to type 'string'/);
});

test("every module of it loads in Node", () => {
  const names = ["common", "intake", "scheduling", "billing", "authorization", "messaging", "errors", "types"];
  const script = names
    .map((name) => `if (Object.keys(await import("@kat/api/${name}")).length < 3) throw "${name}";`)
    .join("\n");
  writeFileSync(join(folder, "load.mjs"), script);
  execFileSync(process.execPath, [join(folder, "load.mjs")]);
});

test("the package holds a README with a first call, its version, and nothing of this machine", () => {
  const manifest = JSON.parse(readFileSync(join(api, "package.json"), "utf8"));
  assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
  assert.match(readFileSync(join(api, "README.md"), "utf8"), /createGrpcWebTransport/);
  const listed = execFileSync("tar", ["-tzf", join(build, "npm/kat-api.tgz")], { encoding: "utf8" })
    .trim()
    .split("\n");
  assert.ok(
    listed.every((name) => /^package\/(package\.json|README\.md|[a-z/0-9_]+\.(js|d\.ts))$/.test(name)),
    listed.join("\n"),
  );
  assert.equal(spawnSync("grep", ["-rqE", "/(work|root|home|tmp)/", api]).status, 1);
});
