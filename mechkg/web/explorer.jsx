// The GraphQL explorer: GraphiQL, told where the endpoint is and which example operations to offer.
// mechkg/web/graphiql.py writes the page around it and hands over the settings.

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { PluginContextProvider, useEditorContext, usePluginStore } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { useRef } from "react";
import { createRoot } from "react-dom/client";

import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./explorer.css";

const { endpoint, examples } = JSON.parse(document.getElementById("settings").textContent);

// Libraries in the bundle add a style element while a dialogue is open. The content security policy lets in only those that
// carry the nonce of the page; this is the name under which they look for it.
window.__webpack_nonce__ = document.querySelector("script[nonce]").nonce;

async function fetcher(operation, options) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...options?.headers },
    body: JSON.stringify(operation),
  });
  const body = await response.text();
  try {
    return JSON.parse(body);
  } catch {
    return { errors: [{ message: `${endpoint} answered ${response.status} ${response.statusText}: ${body.slice(0, 500)}` }] };
  }
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.2" strokeLinecap="round" aria-hidden="true">
      <path d="M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3" />
    </svg>
  );
}

function Examples() {
  const { queryEditor, addTab } = useEditorContext({ nonNull: true });

  function open(example) {
    const written = queryEditor.getValue().trim();
    // What the reader wrote stays, in its tab; what came from this list makes room.
    if (written && !examples.some(({ query }) => query.trim() === written)) addTab();
    // After the new tab has emptied the editor.
    setTimeout(() => queryEditor.setValue(example.query));
  }

  return (
    <section className="mechkg-examples" aria-label="Examples">
      <div className="mechkg-examples-title">Examples</div>
      {examples.length === 0 && <p>There are none yet: they are the files in queries/examples.</p>}
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => open(example)}>
              {example.title}
            </button>
            {example.about && <p>{example.about}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

const examplesPlugin = { title: "Examples", icon: ExamplesIcon, content: Examples };
const plugins = [examplesPlugin, explorerPlugin({ showAttribution: false })];

// The pane of examples is open unless the reader closed it at the last visit, which GraphiQL keeps under this key.
function paneAtStart() {
  try {
    return localStorage.getItem("graphiql:docExplorerFlex") === "hide-first" ? undefined : examplesPlugin;
  } catch {
    return examplesPlugin; // a browser told to keep nothing
  }
}
const visiblePlugin = paneAtStart();

// GraphiQL settles in its first render whether a pane is open, and sets the pane asked for only after it. So the pane is set
// before, by the provider below, and GraphiQL waits for that.
function Explorer() {
  const known = usePluginStore().plugins.length > 0;
  const ready = useRef(false);
  ready.current ||= known;
  return (
    ready.current && (
      <GraphiQL
        fetcher={fetcher}
        plugins={plugins}
        visiblePlugin={visiblePlugin}
        defaultQuery={examples[0]?.query ?? ""}
        defaultEditorToolsVisibility={false}
        shouldPersistHeaders={false}
      >
        <GraphiQL.Logo>
          <a className="mechkg-home" href="/">
            mechkg
          </a>{" "}
          explorer
        </GraphiQL.Logo>
      </GraphiQL>
    )
  );
}

createRoot(document.getElementById("explorer")).render(
  <PluginContextProvider plugins={plugins} visiblePlugin={visiblePlugin}>
    <Explorer />
  </PluginContextProvider>,
);
