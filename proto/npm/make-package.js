// make-package IMAGE OUT_DIR VERSION: writes the npm package @kat/api, made from a descriptor image, to
// OUT_DIR/kat-api.tgz; OUT_DIR/package holds what is in it.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const here = dirname(fileURLToPath(import.meta.url));
const bin = join(here, "../../node_modules/.bin");

// The short import paths: every file of a proto package under one name.
const entries = {
  common: "kat/common/v1/",
  intake: "kat/intake/v1/",
  scheduling: "kat/scheduling/v1/",
  billing: "kat/billing/v1/",
  authorization: "kat/authorization/v1/",
  messaging: "kat/messaging/v1/",
  errors: "google/rpc/",
  types: "google/type/",
};

function generate(image, files, directory) {
  execFileSync(
    process.env.PROTOC ?? "protoc",
    [
      `--descriptor_set_in=${image}`,
      `--plugin=protoc-gen-es=${join(bin, "protoc-gen-es")}`,
      `--es_out=${directory}`,
      "--es_opt=target=js+dts,import_extension=js",
      ...files,
    ],
    { stdio: "inherit", env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } },
  );
}

function writeEntry(directory, name, files) {
  const lines = files.map((file) => `export * from "./${file.replace(/\.proto$/, "_pb.js")}";\n`).join("");
  writeFileSync(join(directory, `${name}.js`), lines);
  writeFileSync(join(directory, `${name}.d.ts`), lines);
}

const [image, version] = [process.argv[2], process.argv[4]];
const out = resolve(process.argv[3]);
const directory = join(out, "package");
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });

const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
// google/protobuf comes with @bufbuild/protobuf.
const files = set.file.map((file) => file.name).filter((name) => !name.startsWith("google/protobuf/"));
generate(image, files, directory);
for (const [name, prefix] of Object.entries(entries)) {
  writeEntry(
    directory,
    name,
    files.filter((file) => file.startsWith(prefix)),
  );
}
const manifest = JSON.parse(readFileSync(join(here, "template/package.json"), "utf8"));
writeFileSync(join(directory, "package.json"), JSON.stringify({ ...manifest, version }, null, 2) + "\n");
cpSync(join(here, "template/README.md"), join(directory, "README.md"));

const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", out], {
  cwd: directory,
  encoding: "utf8",
});
renameSync(join(out, packed.trim()), join(out, "kat-api.tgz"));
