// What every page gains with a script: a key for the search box, menus that close, buttons that copy. All works without it.

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.getElementById("search")?.focus();
  }
  if (event.key === "Escape") {
    const open = event.target.closest?.("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// a button is made here: without a script, or without a clipboard, there is nothing that it could do
if (navigator.clipboard) {
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  for (const source of document.querySelectorAll("pre.copied, a.copied, code.copied")) {
    if (!said.isConnected) document.body.append(said);
    const link = source.matches("a");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = link ? "Copy link" : "Copy";
    button.className = "small";
    if (link) button.setAttribute("aria-label", `Copy link: ${source.textContent}`);
    let back;
    button.addEventListener("click", async () => {
      let words = "Copied";
      try {
        await navigator.clipboard.writeText(link ? source.href : source.textContent);
      } catch {
        words = "Not copied: the browser refused";
      }
      const before = link ? "Copy link" : "Copy";
      button.textContent = words;
      said.textContent = words;
      clearTimeout(back);
      back = setTimeout(() => {
        button.textContent = before;
        said.textContent = "";
      }, 4000);
    });
    if (source.matches("pre")) source.before(button);
    else source.after(" ", button);
  }
}
