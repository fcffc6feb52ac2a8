// The Relay rules of graphql-eslint, for mechkg/api/schema.graphql. A test runs them.
// package.json holds @graphql-tools/delegate at a version whose own dependencies are all to be had.

import { fileURLToPath } from "node:url";
import plugin from "@graphql-eslint/eslint-plugin";

const schema = fileURLToPath(new URL("../api/schema.graphql", import.meta.url));

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema } } },
    plugins: { "@graphql-eslint": plugin },
    rules: {
      ...plugin.configs["flat/schema-relay"].rules,
      // What is short by nature, such as the reactants of a step, is a plain list; so are the nodes of a connection.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: true, withEdgeSuffix: true }],
    },
  },
];
