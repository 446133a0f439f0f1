// The checks of the contracts: that they pass, and that they would fail.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { bin, image, root, temporaryFolder } from "./support/paths.js";

const contracts = join(root, "proto");
const run = (program, ...args) => spawnSync(join(contracts, program), args, { encoding: "utf8" });

/** A copy of proto/, edited by `edit(read, write)`. */
function copyOfContracts(edit) {
  const folder = join(temporaryFolder(), "proto");
  cpSync(contracts, folder, { recursive: true, filter: (path) => !path.includes("node_modules") });
  const at = (path) => join(folder, path);
  edit({
    replace(path, from, to) {
      const text = readFileSync(at(path), "utf8");
      assert.ok(text.includes(from), `${path} has no ${from}`);
      writeFileSync(at(path), text.replace(from, to));
    },
    remove: (path) => rmSync(at(path), { recursive: true }),
  });
  return folder;
}

/** What buf says of `folder` against the contracts as they are. */
function breaks(folder) {
  const work = temporaryFolder();
  execFileSync(join(contracts, "make-image"), [join(work, "new.binpb"), folder]);
  const args = [
    "breaking",
    join(work, "new.binpb"),
    "--path",
    "kat",
    "--against",
    image,
    "--config",
    join(contracts, "buf.yaml"),
  ];
  const { status, stdout } = spawnSync(join(bin, "buf"), args, { encoding: "utf8" });
  return { broken: status !== 0, said: stdout };
}

describe("style", () => {
  test("the contracts are lint clean", () => {
    const { status, stdout, stderr } = run("lint");
    assert.equal(status, 0, stdout + stderr);
  });

  test("a field without a comment, and in the wrong case, is found", () => {
    const folder = copyOfContracts(({ replace }) =>
      replace("kat/common/v1/types.proto", "message Money {", "message Money {\n  string badName = 9;"),
    );
    const { status, stdout } = run("lint", folder);
    assert.notEqual(status, 0);
    assert.match(stdout, /badName.*lower_snake_case/);
    assert.match(stdout, /badName.*comment/);
  });
});

describe("promises to clients", () => {
  test("the contracts keep the baseline, or there is none yet", () => {
    const { status, stdout, stderr } = run("breaking");
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /no client of the baseline breaks|no baseline yet/);
  });

  const money = "kat/common/v1/types.proto";
  const feed = "kat/common/v1/events.proto";
  for (const [what, edit] of Object.entries({
    "a changed type": ({ replace }) => replace(money, "int64 minor_units = 2", "int32 minor_units = 2"),
    "a changed number": ({ replace }) => replace(money, "string currency_code = 1", "string currency_code = 7"),
    "a removed field": ({ replace }) => replace(money, /  string currency_code = 1[^;]*;/.exec(read(money))[0], ""),
    "a removed enum value": ({ replace }) => replace(money, "    WARNING = 3;", ""),
    "a renamed method": ({ replace }) => replace(feed, "rpc Subscribe(", "rpc Follow("),
    "a stream made unary": ({ replace }) =>
      replace(feed, "returns (stream SubscribeResponse)", "returns (SubscribeResponse)"),
    "a removed service": ({ remove }) => remove("kat/messaging"),
  })) {
    test(`${what} breaks them`, () => assert.ok(breaks(copyOfContracts(edit)).broken));
  }

  test("a new field and a new method break nothing", () => {
    const folder = copyOfContracts(({ replace }) => {
      replace(money, "message Money {", "message Money {\n  // New.\n  string note = 9;");
      replace(
        feed,
        "service EventFeedService {",
        "service EventFeedService {\n  // New.\n  rpc Peek(SubscribeRequest) returns (SubscribeResponse);",
      );
    });
    const { broken, said } = breaks(folder);
    assert.ok(!broken, said);
  });

  test("a promise once accepted is kept by the script, and cannot be accepted away", () => {
    const folder = copyOfContracts(() => {});
    const script = (...args) => {
      const env = { ...process.env, KAT_CONTRACTS_BASELINE: join(folder, "accepted.binpb.gz") };
      return spawnSync(join(contracts, "breaking"), args, { encoding: "utf8", env });
    };
    assert.match(script(folder).stdout, /no baseline yet/);
    assert.equal(script("--accept", folder).status, 0);
    assert.match(script(folder).stdout, /no client of the baseline breaks/);
    writeFileSync(join(folder, money), read(money).replace("int64 minor_units = 2", "int32 minor_units = 2"));
    assert.notEqual(script(folder).status, 0);
    assert.notEqual(script("--accept", folder).status, 0);
    assert.notEqual(script(folder).status, 0);
  });
});

test("the roles in README.md are those of the contracts", () => {
  const { stdout } = run("methods", "--roles");
  assert.match(stdout, /`psychiatrist`/);
  assert.ok(read("README.md").includes(stdout), "copy the output of proto/methods --roles");
});

describe("the image", () => {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));

  test("holds everything that it imports, the health service and the standard details", () => {
    const names = new Set(set.file.map((file) => file.name));
    const missing = set.file.flatMap((file) => file.dependency).filter((name) => !names.has(name));
    assert.deepEqual(missing, []);
    for (const name of ["grpc/health/v1/health.proto", "google/rpc/error_details.proto"])
      assert.ok(names.has(name), name);
  });

  test("holds one service for each of the five, with comments and a policy for every method", () => {
    for (const name of ["intake", "scheduling", "billing", "authorization", "messaging"]) {
      const files = set.file.filter((file) => file.package === `kat.${name}.v1`);
      const services = files.flatMap((file) => file.service);
      assert.equal(services.length, 1, name);
      assert.ok(
        files.every((file) => file.sourceCodeInfo.location.some((at) => at.leadingComments !== "")),
        name,
      );
      for (const method of services[0].method) {
        assert.ok(
          method.options?.$unknown?.some(({ no }) => no === 51001),
          `${name} ${method.name} has no policy`,
        );
      }
    }
  });

  test("names the values of an enum outside messages by the enum", () => {
    const bad = set.file
      .filter((file) => file.package.startsWith("kat."))
      .flatMap((file) => file.enumType)
      .flatMap((type) => {
        const prefix = `${type.name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, "_$&").toUpperCase()}_`;
        return type.value
          .filter((value) => !value.name.startsWith(prefix))
          .map((value) => `${type.name}.${value.name}`);
      });
    assert.deepEqual(bad, []);
  });
});

function read(path) {
  return readFileSync(join(contracts, path), "utf8");
}
