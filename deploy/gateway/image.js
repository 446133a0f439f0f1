// What the gateway knows of the services: their descriptor image.
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const feed = "kat.common.v1.EventFeedService";

/** Reads an image; throws where it is none. */
export function loadImage(path) {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(path)));
}

/**
 * The gRPC services to pass on for the service called `name`: those of its package, and the feed that all serve.
 * @param {import("@bufbuild/protobuf").FileRegistry} registry
 */
export function servicesOf(registry, name) {
  const own = [];
  for (const type of registry) {
    if (type.kind === "service" && type.file.proto.package === `kat.${name}.v1`) own.push(type);
  }
  if (own.length === 0) throw new Error(`the image has no service of kat.${name}.v1`);
  const events = registry.getService(feed);
  if (events === undefined) throw new Error(`the image has no ${feed}`);
  return [...own, events];
}
