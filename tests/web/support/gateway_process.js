// The gateway as a process of its own, started as an operator starts it.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { image, root } from "./paths.js";

const script = join(root, "deploy/gateway/run");

/** Runs it to its end: `{status, stdout, stderr}`. */
export function runGateway(args, env = {}) {
  const child = spawn(script, args, { env: { PATH: process.env.PATH, ...env } });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (out.stdout += data));
  child.stderr.on("data", (data) => (out.stderr += data));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, ...out })));
}

/** Starts it on a free port and waits until it serves. Options as an object: `{"allowed-origins": …}`. */
export async function startGateway(options) {
  const all = { listen: "127.0.0.1:0", "metrics-port": "0", image, ...options };
  const args = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(script, args, { env: { PATH: process.env.PATH }, stdio: ["ignore", "inherit", "pipe"] });
  const gateway = {
    child,
    lines: [],
    url: "",
    exit: new Promise((resolve) => child.on("exit", (code) => resolve(code))),
  };
  const output = createInterface(child.stderr).on("line", (line) => gateway.lines.push(line));
  /** The next line that it logs with this event. */
  gateway.logs = (event) =>
    new Promise((resolve, reject) => {
      output.on("line", (line) => line.includes(`"event":"${event}"`) && resolve(JSON.parse(line)));
      child.on("exit", () => reject(new Error(`the gateway ended: ${gateway.lines.join("\n")}`)));
    });
  const reap = () => child.kill("SIGKILL");
  process.on("exit", reap);
  child.on("exit", () => process.off("exit", reap));
  const scheme = all["listen-certificate"] ? "https" : "http";
  gateway.url = `${scheme}://127.0.0.1:${(await gateway.logs("gateway.serving")).port}`;
  gateway.stop = () => {
    child.kill("SIGTERM");
    return gateway.exit;
  };
  return gateway;
}

/** A TCP port of this machine, taken: `{listening, port}`. */
export async function takePort() {
  const listening = createServer();
  await new Promise((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return { listening, port: listening.address().port };
}

/** A TCP port of this machine that was free a moment ago. */
export async function freePort() {
  const { listening, port } = await takePort();
  await new Promise((resolve) => listening.close(resolve));
  return port;
}
