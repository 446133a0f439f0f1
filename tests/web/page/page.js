// What a page of a partner's would do: calls with connect-web and the typed package. Results are plain values, so that
// the test outside can read them.
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { EventFeedService } from "@kat/api/common.js";
import { BadRequestSchema, ErrorInfoSchema } from "@kat/api/errors.js";
import { SchedulingService } from "@kat/api/scheduling.js";

const transports = { "gRPC-Web": createGrpcWebTransport, Connect: createConnectTransport };

function client(service, { gateway, protocol }) {
  return createClient(service, transports[protocol]({ baseUrl: `${gateway}/scheduling` }));
}

function bearer(target, signal) {
  return { headers: { authorization: `Bearer ${target.token}` }, signal };
}

function explain(reason) {
  const error = ConnectError.from(reason);
  return {
    code: Code[error.code],
    reason: error.findDetails(ErrorInfoSchema)[0]?.reason,
    fields: error.findDetails(BadRequestSchema)[0]?.fieldViolations.map(({ field }) => field),
  };
}

async function getClinic(target, name) {
  let traceId;
  const onTrailer = (trailer) => (traceId = trailer.get("kat-trace-id"));
  try {
    const clinic = await client(SchedulingService, target).getClinic({ name }, { ...bearer(target), onTrailer });
    return { name: clinic.name, displayName: clinic.displayName, traceId };
  } catch (reason) {
    return explain(reason);
  }
}

// The first `count` events after `cursor`.
async function subscribe(target, parent, cursor, count) {
  const leaving = new AbortController();
  const events = [];
  try {
    const feed = client(EventFeedService, target).subscribe({ parent, cursor }, bearer(target, leaving.signal));
    for await (const answer of feed) {
      events.push(...answer.events.map(({ type, clinic, cursor: at }) => ({ type, clinic, cursor: at })));
      if (events.length >= count) break;
    }
    return { events: events.slice(0, count) };
  } catch (reason) {
    return explain(reason);
  } finally {
    leaving.abort();
  }
}

// Watches today's schedule until `resource` comes, from `resumeToken` on, if there is one: what each step brought. They stand
// in `window.kat.steps` meanwhile.
async function watchSchedule(target, parent, resource, resumeToken) {
  const leaving = new AbortController();
  const now = new Date();
  const startDate = { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
  const steps = (window.kat.steps = []);
  try {
    const watching = client(SchedulingService, target).watchSchedule(
      { parent, startDate, resumeToken },
      bearer(target, leaving.signal),
    );
    for await (const { update, resumeToken: token } of watching) {
      const resources = update.value.items?.resources.map(({ name }) => name) ?? [];
      steps.push({ kind: update.case, complete: update.value.complete, resources, token });
      if (resources.includes(resource)) break;
    }
    return steps;
  } catch (reason) {
    return explain(reason);
  } finally {
    leaving.abort();
  }
}

window.kat = { getClinic, subscribe, watchSchedule };
