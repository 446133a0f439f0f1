// The gateway's options, declared once for parsing, for --help and for the reference in README.md. Flag `--name`,
// environment `KAT_NAME`; a flag wins.
import { isIP } from "node:net";
import { fileURLToPath } from "node:url";
import { camel, readPem } from "./pem.js";

export const serviceNames = ["intake", "scheduling", "billing", "authorization", "messaging"];

const defaultImage = "build/release/kat.binpb";

/** Turns `host:port` or `[v6]:port` into its parts; throws a RangeError where it is neither. */
export function parseAddress(text) {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  if (match === null || Number(match[3]) > 65535) throw new RangeError(`must be host:port, is ${JSON.stringify(text)}`);
  return { host: match[1] ?? match[2], port: Number(match[3]) };
}

/** Whether an address can be reached from this machine alone. */
export function isLoopback(host) {
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "localhost" || host === "::1";
}

function wholeNumber(min, max) {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new RangeError(`must be ${min} to ${max}`);
    return value;
  };
}

function list(pattern, what) {
  return (text) => {
    const items = text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
    const bad = items.find((item) => !pattern.test(item));
    if (bad !== undefined) throw new RangeError(`${JSON.stringify(bad)} is not ${what}`);
    return items;
  };
}

function oneOf(...allowed) {
  return (text) => {
    if (!allowed.includes(text)) throw new RangeError(`must be one of ${allowed.join(", ")}`);
    return text;
  };
}

const text = (value) => value;
const origins = list(/^(\*|null|https?:\/\/[A-Za-z0-9.[\]:-]+[A-Za-z0-9\]])$/, "an origin (scheme://host[:port])");
const exposed = list(/^[a-z0-9-]+$/, "a lower-case header name");
// What carries the call itself, or who a service of ours is, is not for a configuration to hand on.
const forwarded = list(
  /^(?!kat-|grpc-|connect-|content-|x-grpc-|(connection|cookie|host|te|trailer|transfer-encoding|upgrade)$)[a-z0-9-]+$/,
  "a lower-case header name that may be passed on",
);

/** @type {{name: string, help: string, value: string, parse: (text: string) => unknown}[]} */
export const optionTable = [
  {
    name: "listen",
    help: "host:port to serve on; port 0 takes a free one",
    value: "127.0.0.1:8080",
    parse: parseAddress,
  },
  {
    name: "listen-certificate",
    help: "PEM file; with it and its key, serves HTTPS with HTTP/2",
    value: "",
    parse: text,
  },
  { name: "listen-key", help: "PEM file with that certificate's key", value: "", parse: text },
  {
    name: "behind-proxy",
    help: "`true` allows HTTP without TLS on an address that others reach: something in front ends TLS",
    value: "false",
    parse: (value) => oneOf("true", "false")(value) === "true",
  },
  { name: "metrics-host", help: "Address of /metrics and /healthz for operations", value: "127.0.0.1", parse: text },
  { name: "metrics-port", help: "Their port; 0 serves none", value: "9108", parse: wholeNumber(0, 65535) },
  ...serviceNames.map((service) => ({
    name: `service-${service}`,
    help: `host:port of ${service}; empty leaves it out`,
    value: "",
    parse: (value) => (value === "" ? undefined : (parseAddress(value), value)),
  })),
  {
    name: "tls-ca",
    help: "PEM file with the authority that signs the services' certificates; required",
    value: "",
    parse: text,
  },
  {
    name: "tls-certificate",
    help: "PEM file with a client certificate, where a mesh asks for one; refused if it names a service of this system",
    value: "",
    parse: text,
  },
  { name: "tls-key", help: "PEM file with that certificate's key", value: "", parse: text },
  {
    name: "allowed-origins",
    help: "Web origins that may call, by comma; `*` for any; empty refuses every page",
    value: "",
    parse: origins,
  },
  {
    name: "exposed-headers",
    help: "Response headers that pages may read beside those of the protocols, by comma",
    value: "",
    parse: exposed,
  },
  {
    name: "forwarded-headers",
    help: "Request headers passed on beside authorization and traceparent, by comma",
    value: "",
    parse: forwarded,
  },
  {
    name: "max-body-bytes",
    help: "Largest request and response message, also after decompression",
    value: String(8 << 20),
    parse: wholeNumber(1024, 1 << 30),
  },
  {
    name: "drain-seconds",
    help: "Longest wait for running calls at shutdown",
    value: "20",
    parse: wholeNumber(0, 600),
  },
  {
    name: "image",
    help: "Descriptor image of the services",
    value: defaultImage,
    parse: (value) => (value === defaultImage ? fileURLToPath(new URL(`../../${value}`, import.meta.url)) : value),
  },
  {
    name: "log-level",
    help: "Lowest level logged: info, warning, error",
    value: "info",
    parse: oneOf("info", "warning", "error"),
  },
];

export const environmentName = (option) => `KAT_${option.toUpperCase().replaceAll("-", "_")}`;

function readFlags(argv, problems) {
  const flags = new Map();
  for (let i = 0; i < argv.length; i++) {
    const [, name, attached] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argv[i]) ?? [];
    if (!optionTable.some((option) => option.name === name)) {
      problems.push(`${argv[i]}: no such option`);
    } else if (attached === undefined && i + 1 === argv.length) {
      problems.push(`--${name} needs a value`);
    } else {
      flags.set(name, attached ?? argv[++i]);
    }
  }
  return flags;
}

function checkTogether(options, problems) {
  if (!options.tlsCa) problems.push("--tls-ca is required");
  for (const side of ["tls", "listen"]) {
    if (Boolean(options[`${side}Certificate`]) !== Boolean(options[`${side}Key`])) {
      problems.push(`--${side}-certificate and --${side}-key go together`);
    }
  }
  options.services = serviceNames
    .map((name) => ({ name, address: options[camel(`service-${name}`)] }))
    .filter((service) => service.address);
  if (options.services.length === 0) problems.push("no --service-... is set");
  if (options.listen && !isLoopback(options.listen.host) && !options.listenCertificate && !options.behindProxy) {
    problems.push(
      `--listen ${options.listen.host}: others reach it, so set --listen-certificate, or --behind-proxy=true`,
    );
  }
}

/**
 * Reads the options. `problems` lists everything wrong with them at once; where it is not empty, `options`
 * is of no use.
 * @param {string[]} argv @param {Record<string, string | undefined>} env
 */
export function parseOptions(argv, env) {
  /** @type {string[]} */
  const problems = [];
  const flags = readFlags(argv, problems);
  /** @type {Record<string, any>} */
  const options = {};
  for (const { name, value, parse } of optionTable) {
    try {
      options[camel(name)] = parse(flags.get(name) ?? env[environmentName(name)] ?? value);
    } catch (error) {
      problems.push(`--${name} (${environmentName(name)}) ${error.message}`);
    }
  }
  const files = readPem(options);
  options.pem = files.pem;
  problems.push(...files.problems);
  checkTogether(options, problems);
  return { options, problems };
}
