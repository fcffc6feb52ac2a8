// Words that are selected in the text become a quote: a link appears that opens the form with them.

const text = document.getElementById("text");

if (text?.dataset.use) {
  const hint = document.getElementById("select-hint");
  hint.hidden = false;
  document.querySelector(".key-of")?.after(hint);
  const link = document.createElement("a");
  link.className = "take";
  link.hidden = true;
  document.body.append(link);

  // places count characters, a string counts pairs of some of them twice
  const length = (string) => [...string].length;

  const place = (node, offset) => {
    let at = node;
    let inside = offset;
    if (node.nodeType !== Node.TEXT_NODE) {
      const child = node.childNodes[offset] ?? node.childNodes[offset - 1] ?? node;
      const piece = child.nodeType === Node.TEXT_NODE ? child.parentElement : child.querySelector?.("[data-at]") ?? child;
      at = piece?.closest?.("[data-at]")?.firstChild;
      inside = node.childNodes[offset] ? 0 : (at?.data.length ?? 0);
    }
    const piece = at?.parentElement?.closest("[data-at]");
    return piece ? Number(piece.dataset.at) + length(at.data.slice(0, inside)) : null;
  };

  // an end that lies between pieces is moved to the nearest piece inside
  const ends = (range) => {
    const pieces = [...text.querySelectorAll("[data-at]")].filter((piece) => range.intersectsNode(piece));
    if (!pieces.length) return null;
    const first = pieces[0];
    const last = pieces[pieces.length - 1];
    const start = first.contains(range.startContainer) ? place(range.startContainer, range.startOffset) : Number(first.dataset.at);
    const end = last.contains(range.endContainer)
      ? place(range.endContainer, range.endOffset)
      : Number(last.dataset.at) + length(last.textContent);
    return start !== null && end !== null && start < end ? [start, end] : null;
  };

  const offer = () => {
    const chosen = document.getSelection();
    const range = chosen.rangeCount && !chosen.isCollapsed ? chosen.getRangeAt(0) : null;
    const found = range && text.contains(range.commonAncestorContainer) ? ends(range) : null;
    if (!found) {
      link.hidden = true;
      return;
    }
    const words = chosen.toString().split(/\s+/).filter(Boolean).length;
    link.href = `${text.dataset.use}?reading=${text.dataset.reading}&from=${found[0]}&to=${found[1]}`;
    link.textContent = words > 25 ? `Use 25 of these ${words} words` : words === 1 ? "Use this word" : `Use these ${words} words`;
    const box = range.getBoundingClientRect();
    link.hidden = false;
    const top = box.bottom + scrollY + 6;
    const left = Math.max(8, Math.min(box.left + scrollX, document.documentElement.clientWidth - link.offsetWidth - 8));
    // through the style object: no style is written into the page
    link.style.top = `${top}px`;
    link.style.left = `${left}px`;
  };

  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, 150);
  });
  offer(); // words may have been selected before this came
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !link.hidden && document.activeElement === document.body) {
      event.preventDefault();
      link.click();
    }
  });
}
