// Where things are.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
export const build = process.env.KAT_BUILD ?? join(root, "build/release");
export const image = join(build, "kat.binpb");
export const bin = join(root, "node_modules/.bin");

/** A new folder that is gone when the process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "kat-web-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Unpacks the package as npm would install it; the folder with node_modules/@kat/api. It finds Connect above it. */
export function installPackage() {
  const folder = join(build, "npm/installed");
  const target = join(folder, "node_modules/@kat/api");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(build, "npm/kat-api.tgz"), "-C", target, "--strip-components=1"]);
  return folder;
}
