// methods IMAGE [NAME]: prints who may call what, as Markdown: every method of the services whose name contains NAME.
// methods IMAGE --roles: prints what each role may do in each service.
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, getOption } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const kinds = { 1: "read", 2: "change", 3: "stream" };
const names = ["intake", "scheduling", "billing", "authorization", "messaging"];

const [image, wanted = ""] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
const policy = registry.getExtension("kat.common.v1.policy");
const roles = registry
  .getEnum("kat.common.v1.Role")
  .values.filter(({ number }) => number > 0)
  .map(({ number, name }) => ({ number, name: name.replace("ROLE_", "").toLowerCase() }));
const services = [...registry].filter(({ kind, typeName }) => kind === "service" && typeName.startsWith("kat."));

const row = (cells) => console.log(`| ${cells.join(" | ")} |`.replaceAll(/\|  (?=\|)/g, "| "));

function printMethods(service) {
  console.log(`## ${service.typeName}\n`);
  row(["method", "kind", "patient data", "roles", "services as themselves"]);
  row(Array(5).fill("---"));
  for (const method of service.methods) {
    const rule = getOption(method, policy);
    const may = roles.filter(({ number }) => rule.roles.includes(number)).map(({ name }) => name);
    const patientData = rule.patientData ? "yes" : "";
    row([method.name, kinds[rule.idempotency], patientData, may.join(", "), rule.peers.join(", ")]);
  }
  console.log();
}

// `read`, `read, change` or nothing: whether the role may call any method of the kind.
function access(role, service) {
  const rules = service.methods.map((method) => getOption(method, policy)).filter((rule) => rule.roles.length > 0);
  const some = Object.entries(kinds).map(([kind, name]) => {
    const may = rules.some((rule) => rule.idempotency === Number(kind) && rule.roles.includes(role.number));
    return may ? name : "";
  });
  return some.filter((name) => name !== "").join(", ");
}

function printRoles() {
  const columns = names.map((name) => services.find(({ typeName }) => typeName.startsWith(`kat.${name}.`)));
  const feed = services.find(({ typeName }) => typeName.endsWith(".EventFeedService"));
  row(["role", ...names, "feeds"]);
  row(Array(names.length + 2).fill("---"));
  for (const role of roles) row([`\`${role.name}\``, ...[...columns, feed].map((service) => access(role, service))]);
}

if (wanted === "--roles") printRoles();
else services.filter(({ typeName }) => typeName.includes(wanted)).forEach(printMethods);
