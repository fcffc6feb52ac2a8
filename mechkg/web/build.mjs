// Build what the browser is served, each part into a folder of static/: scripts, style sheets, and the licences of what is inside.

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));

// ELK is taken as it comes, in a file of its own: a worker, which only the explorer of pathways asks for.
const PARTS = [
  { folder: "graphiql", entry: "explorer.jsx", beside: [] },
  { folder: "pathways", entry: "pathways.mjs", beside: ["node_modules/elkjs/lib/elk-worker.min.js"] },
];

// GraphiQL's style sheet carries two web fonts, most of its size; explorer.css names fonts of the reader's machine instead.
const withoutFonts = {
  name: "without-fonts",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8")).replace(/@font-face\s*\{[^}]*\}/g, ""),
      loader: "css",
    }));
  },
};

async function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []),
  );
  const texts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(here, folder, "package.json"), "utf8"));
    if (!name || !version) continue; // a folder inside a package
    const file = (await readdir(path.join(here, folder))).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
    const text = file ? await readFile(path.join(here, folder, file), "utf8") : "(the package names its licence and has no text of it)";
    texts.push(`${name} ${version} (${license ?? "see below"})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

for (const { folder, entry, beside } of PARTS) {
  const out = path.join(here, "static", folder);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    legalComments: "none", // gathered in LICENCES.txt
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [withoutFonts],
    metafile: true,
    logLevel: "warning",
  });
  for (const file of beside) await copyFile(path.join(here, file), path.join(out, path.basename(file)));
  await writeFile(path.join(out, "LICENCES.txt"), await licences([...Object.keys(metafile.inputs), ...beside]));
}
