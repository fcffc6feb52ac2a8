// The kill matrix by arrow keys: one cell is in the tab order, and moves (https://www.w3.org/WAI/ARIA/apg/patterns/grid/).

const grid = document.querySelector("table.heat");
const rows = grid ? [...grid.querySelectorAll("tbody tr:not(.group)")].map((row) => [...row.querySelectorAll("td a")]) : [];

if (rows.length) {
  let here = [0, 0];
  for (const row of rows) for (const cell of row) cell.tabIndex = -1;
  rows[0][0].tabIndex = 0;
  document.body.classList.add("moving");

  const place = (cell) => {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return row < 0 ? null : [row, rows[row].indexOf(cell)];
  };
  const move = (row, column) => {
    rows[here[0]][here[1]].tabIndex = -1;
    here = [Math.max(0, Math.min(rows.length - 1, row)), Math.max(0, Math.min(rows[0].length - 1, column))];
    const cell = rows[here[0]][here[1]];
    cell.tabIndex = 0;
    cell.focus({ preventScroll: true });
    // the heads are sticky: what is focused must not be beneath them
    const box = grid.parentElement;
    const head = grid.tHead.getBoundingClientRect().height;
    const side = cell.closest("tr").firstElementChild.getBoundingClientRect().width;
    const [c, b] = [cell.getBoundingClientRect(), box.getBoundingClientRect()];
    if (c.top < b.top + head) box.scrollTop -= b.top + head - c.top;
    if (c.bottom > b.bottom) box.scrollTop += c.bottom - b.bottom + 20;
    if (c.left < b.left + side) box.scrollLeft -= b.left + side - c.left;
    if (c.right > b.right) box.scrollLeft += c.right - b.right + 20;
    box.scrollIntoView({ block: "nearest" });
  };

  grid.addEventListener("focusin", (event) => {
    const found = place(event.target);
    if (found) {
      rows[here[0]][here[1]].tabIndex = -1;
      here = found;
      event.target.tabIndex = 0;
    }
  });
  grid.addEventListener("keydown", (event) => {
    const found = place(event.target);
    if (!found || event.altKey || event.metaKey) return;
    const [row, column] = found;
    const end = event.ctrlKey;
    const to = {
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      PageDown: [row + 10, column],
      PageUp: [row - 10, column],
      Home: [end ? 0 : row, 0],
      End: [end ? rows.length - 1 : row, rows[0].length - 1],
    }[event.key];
    if (to) {
      event.preventDefault();
      move(...to);
    }
  });
}
