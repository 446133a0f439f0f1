// Throw-away certificates, made with openssl.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./paths.js";

const openssl = (...args) => execFileSync("openssl", args, { stdio: "pipe" });
const newKey = (path) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", path];

/** An authority; `issue(name, alternativeNames)` gives `{certificate, key}`, paths of PEM files. */
export function makeAuthority() {
  const folder = temporaryFolder();
  const ca = join(folder, "ca.pem");
  const caKey = join(folder, "ca.key");
  openssl("req", "-x509", ...newKey(caKey), "-out", ca, "-days", "2", "-subj", "/CN=web test authority");
  return {
    ca,
    issue(name, alternativeNames) {
      const [certificate, key, request, extensions] = ["pem", "key", "csr", "ext"].map((end) =>
        join(folder, `${name}.${end}`),
      );
      openssl("req", ...newKey(key), "-out", request, "-subj", `/CN=${name}`);
      writeFileSync(extensions, `subjectAltName=${alternativeNames}\n`);
      openssl(
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        ca,
        "-CAkey",
        caKey,
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        extensions,
        "-out",
        certificate,
      );
      return { certificate, key };
    },
  };
}
