// JSON logs in the services' shape: one object a line on standard error. Never bodies, tokens or messages of errors.
const levels = ["info", "warning", "error"];
let lowest = 0;

/** Sets the lowest level written. */
export function configureLog(level) {
  lowest = levels.indexOf(level);
}

function write(level, event, fields) {
  if (levels.indexOf(level) < lowest) return;
  const line = { time: new Date().toISOString(), level, service: "gateway", event, ...fields };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

export const log = {
  info: (event, fields = {}) => write("info", event, fields),
  warning: (event, fields = {}) => write("warning", event, fields),
  error: (event, fields = {}) => write("error", event, fields),
};
