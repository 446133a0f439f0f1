// The PEM files that the options name: read at the start, and again when they are replaced.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

const names = ["tls-ca", "tls-certificate", "tls-key", "listen-certificate", "listen-key"];

// The services take a certificate with such a name for a service of ours, which may do what no person may.
const serviceIdentity = /URI:spiffe:\/\/kat\//i;

/** An option as a property: `tls-ca` is `tlsCa`. */
export function camel(name) {
  return name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
}

function certificateOf(pem) {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function belongTogether(cert, key) {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false;
  }
}

function problemsOf(pem, options) {
  const problems = [];
  for (const name of names.filter((name) => !name.endsWith("-key") && pem[camel(name)])) {
    if (!certificateOf(pem[camel(name)])) problems.push(`--${name}: no certificate in ${options[camel(name)]}`);
  }
  for (const side of ["tls", "listen"]) {
    const [cert, key] = [pem[`${side}Certificate`], pem[`${side}Key`]];
    if (cert && key && certificateOf(cert) && !belongTogether(cert, key)) {
      problems.push(`--${side}-key: ${options[`${side}Key`]} is not the key of ${options[`${side}Certificate`]}`);
    }
  }
  if (serviceIdentity.test(certificateOf(pem.tlsCertificate)?.subjectAltName ?? "")) {
    problems.push("--tls-certificate: it names a service of this system; the gateway is none");
  }
  return problems;
}

/** The files' contents by option, `{pem, problems}`; `problems` says what is wrong with them. */
export function readPem(options) {
  const pem = {};
  const problems = [];
  for (const name of names) {
    const path = options[camel(name)];
    if (!path) continue;
    try {
      pem[camel(name)] = readFileSync(path);
    } catch (error) {
      problems.push(`--${name}: cannot read ${path}: ${error.code}`);
    }
  }
  return { pem, problems: [...problems, ...problemsOf(pem, options)] };
}

/** When the certificate that the gateway shows expires, in seconds since 1970; undefined where it shows none. */
export function expirySeconds(pem) {
  const certificate = pem.listenCertificate && certificateOf(pem.listenCertificate);
  return certificate && Date.parse(certificate.validTo) / 1000;
}

/** Whether two readings hold the same. */
export function samePem(one, other) {
  return names.every((name) => Buffer.compare(one[camel(name)] ?? Buffer.of(), other[camel(name)] ?? Buffer.of()) === 0);
}
