// graphql-yoga, as its guide begins, over data in memory. Arguments: file with the data, port.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";

const [, , file, port] = process.argv;
const { species, observations, documents } = JSON.parse(readFileSync(file, "utf8"));
const documentOf = new Map(documents.map((each) => [each.id, each]));
const observationsOf = new Map(species.map((each) => [each.id, []]));
for (const each of observations) observationsOf.get(each.subject).push(each);

const yoga = createYoga({
  graphiql: false,
  logging: false,
  schema: createSchema({
    typeDefs: /* GraphQL */ `
      type Document { id: ID! title: String }
      type Source { locator: String flag: String! document: Document }
      type Observation { id: ID! label: String! kind: String! acceptedBy: String! source: Source! }
      type ObservationConnection { nodes: [Observation!]! }
      type Species { id: ID! label: String! kind: String! observations: ObservationConnection! }
      type SpeciesConnection { nodes: [Species!]! }
      type Query { allSpecies(first: Int!): SpeciesConnection! }
    `,
    resolvers: {
      Query: { allSpecies: (_, { first }) => ({ nodes: species.slice(0, first) }) },
      Species: { observations: (of) => ({ nodes: observationsOf.get(of.id) }) },
      Observation: { source: (of) => of },
      Source: { document: (of) => documentOf.get(of.document) },
    },
  }),
});
createServer(yoga).listen(Number(port), "127.0.0.1");
