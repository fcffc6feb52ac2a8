// Hold a GraphQL endpoint against the audits of graphql-http, and print what came of each as JSON.
// node audit.mjs FOLDER ENDPOINT, where FOLDER has graphql-http in its node_modules.

import { createRequire } from "node:module";
import path from "node:path";

const [folder, url] = process.argv.slice(2);
const { auditServer } = createRequire(path.join(folder, "package.json"))("graphql-http");

const results = await auditServer({ url });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
