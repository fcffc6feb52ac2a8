// What Cytoscape draws as SVG: its own export makes pictures of points only.

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);
const at = ({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`;
const CORNERS = {
  hexagon: [[-1, 0], [-0.5, -1], [0.5, -1], [1, 0], [0.5, 1], [-0.5, 1]],
  octagon: [[-1, -0.41], [-0.41, -1], [0.41, -1], [1, -0.41], [1, 0.41], [0.41, 1], [-0.41, 1], [-1, 0.41]],
  rhomboid: [[-1, -1], [0.33, -1], [1, 1], [-0.33, 1]],
};

function dashes(kind, pattern) {
  return kind === "dashed" ? ` stroke-dasharray="${pattern}"` : kind === "dotted" ? ' stroke-dasharray="2 3"' : "";
}

function node(each) {
  const [{ x, y }, w, h] = [each.position(), each.width() / 2, each.height() / 2];
  const shape = each.style("shape");
  const look =
    `fill="${each.style("background-color")}" stroke="${each.style("border-color")}" ` +
    `stroke-width="${parseFloat(each.style("border-width"))}"${dashes(each.style("border-style"), "4 3")}`;
  const corners = CORNERS[shape]?.map(([dx, dy]) => at({ x: x + dx * w, y: y + dy * h }));
  const radius = shape === "round-rectangle" ? (each.hasClass("species") ? 10 : 12) : 0;
  const outline = corners
    ? `<polygon points="${corners.join(" ")}" ${look}/>`
    : shape === "ellipse"
      ? `<ellipse cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" rx="${w}" ry="${h}" ${look}/>`
      : `<rect x="${(x - w).toFixed(1)}" y="${(y - h).toFixed(1)}" width="${2 * w}" height="${2 * h}" rx="${radius}" ${look}/>`;
  const size = parseFloat(each.style("font-size"));
  const lines = each.data("label").split("\n");
  const texts = lines.map((line, place) => {
    const level = y + size * 0.35 + (place - (lines.length - 1) / 2) * size * 1.25;
    return `<text x="${x.toFixed(1)}" y="${level.toFixed(1)}" font-size="${size}" fill="${each.style("color")}">${escaped(line)}</text>`;
  });
  return `<g opacity="${each.style("opacity")}"><title>${escaped(each.data("box").words)}</title>${outline}${texts.join("")}</g>`;
}

function arrow(tip, before, colour) {
  const turned = (Math.atan2(tip.y - before.y, tip.x - before.x) * 180) / Math.PI;
  return `<path d="M0,0 L-8,-4 V4 Z" fill="${colour}" transform="translate(${at(tip)}) rotate(${turned.toFixed(1)})"/>`;
}

function edge(each) {
  const points = [each.sourceEndpoint(), ...(each.segmentPoints() ?? []), each.targetEndpoint()];
  const colour = each.style("line-color");
  const dashed = dashes(each.style("line-style"), each.style("line-dash-pattern"));
  const heads = [];
  if (each.data("end")) heads.push(arrow(points.at(-1), points.at(-2), colour));
  if (each.data("start")) heads.push(arrow(points[0], points[1], colour));
  return (
    `<g opacity="${each.style("opacity")}"><polyline points="${points.map(at).join(" ")}" fill="none" stroke="${colour}" ` +
    `stroke-width="${parseFloat(each.style("width"))}" stroke-linejoin="round"${dashed}/>${heads.join("")}</g>`
  );
}

export function drawn(cy, paper) {
  const { x1, y1, w, h } = cy.elements().boundingBox();
  const [left, top, wide, high] = [x1 - 12, y1 - 12, w + 24, h + 24].map((value) => value.toFixed(1));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${wide} ${high}" width="${wide}" height="${high}" font-family="Helvetica, Arial, sans-serif" text-anchor="middle">`,
    `<rect x="${left}" y="${top}" width="${wide}" height="${high}" fill="${paper}"/>`,
    ...cy.edges().map(edge),
    ...cy.nodes().map(node),
    "</svg>",
  ].join("\n");
}
