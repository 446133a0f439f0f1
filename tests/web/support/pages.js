// A web server for the test page, the unpacked npm package and what it stands on: no bundler between.
import { createReadStream, statSync } from "node:fs";
import http from "node:http";
import { extname, join, normalize } from "node:path";
import { installPackage, root } from "./paths.js";

const types = { ".html": "text/html", ".js": "text/javascript" };

/** Serves on a free port until closed: `{origin, close()}`. */
export async function servePages() {
  const folders = [
    ["/api/", join(installPackage(), "node_modules/@kat/api")],
    ["/modules/", join(root, "node_modules")],
    ["/", join(root, "tests/web/page")],
  ];
  const server = http.createServer((request, response) => {
    const path = normalize(request.url === "/" ? "/index.html" : request.url);
    const [prefix, folder] = folders.find(([start]) => path.startsWith(start));
    const file = join(folder, path.slice(prefix.length));
    const type = types[extname(file)];
    if (type === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile())
      return response.writeHead(404).end();
    response.writeHead(200, { "content-type": type });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))),
  };
}
