// Forms gain with a script: names that fit while one types, drafts that save themselves, lists that grow in place.
// All of it works without: names are typed, and buttons do the rest.

// --- names that fit (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/, list autocomplete with manual selection)

const WAIT = 120;
let open = null; // { input, list, names, at }
let timer = 0;
let asked = null;

function dress(root) {
  for (const input of root.querySelectorAll("input[data-kinds]")) {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", "names");
  }
}

const list = document.createElement("ul");
list.id = "names";
list.className = "names";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Names that fit");
list.hidden = true;

const told = document.createElement("p");
told.className = "unseen";
told.setAttribute("role", "status");

function shut() {
  if (!open) return;
  open.input.setAttribute("aria-expanded", "false");
  open.input.removeAttribute("aria-activedescendant");
  list.hidden = true;
  open = null;
}

function mark(at) {
  open.at = at;
  [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
  const option = list.children[at];
  if (option) {
    open.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else open.input.removeAttribute("aria-activedescendant");
}

function show(input, names, total) {
  list.replaceChildren(
    ...names.map((name, n) => {
      const option = document.createElement("li");
      option.id = `name-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const id = document.createElement("b");
      id.textContent = name.id;
      const label = document.createElement("span");
      label.textContent = name.label === name.id ? name.kind : `${name.label} · ${name.kind}`;
      option.append(id, label);
      return option;
    }),
  );
  told.textContent = names.length ? `${names.length} of ${total} names fit` : "No name fits";
  if (!names.length) return shut();
  input.after(list);
  list.hidden = false;
  open = { input, names, at: -1 };
  input.setAttribute("aria-expanded", "true");
}

let looking = null; // the field whose names are on their way

async function look(input, then) {
  asked?.abort();
  looking = input;
  asked = new AbortController();
  const address = new URL("/suggest", location.href);
  address.searchParams.set("q", input.value);
  for (const kind of input.dataset.kinds.split(" ").filter(Boolean)) address.searchParams.append("kind", kind);
  try {
    const answer = await fetch(address, { signal: asked.signal });
    if (!answer.ok) return;
    const { names, total } = await answer.json();
    if (document.activeElement === input) {
      show(input, names, total);
      if (open) then?.();
    }
    looking = null;
  } catch (error) {
    if (error.name !== "AbortError") looking = null; // offline: the field stays a field
  }
}

function choose(at) {
  const { input, names } = open;
  input.value = names[at].id;
  const label = document.getElementById(`${input.id}-called`);
  if (label) label.textContent = names[at].label === names[at].id ? "" : names[at].label;
  shut();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  const input = event.target.closest?.("input[data-kinds]");
  if (!input) return;
  const label = document.getElementById(`${input.id}-called`);
  if (label) label.textContent = "";
  clearTimeout(timer);
  if (!input.value.trim()) return shut();
  timer = setTimeout(() => look(input), WAIT);
});
document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("input[data-kinds]");
  if (!input) return;
  const mine = open?.input === input;
  if (event.key === "ArrowDown" && !mine) {
    event.preventDefault();
    clearTimeout(timer);
    look(input, () => mark(0));
  } else if (mine && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const count = open.names.length;
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(open.at < 0 ? (step > 0 ? 0 : count - 1) : (open.at + step + count) % count);
  } else if (event.key === "Enter" && (mine ? open.at >= 0 : looking === input)) {
    event.preventDefault(); // a name that is on its way is waited for, and nothing is sent
    if (mine) choose(open.at);
  } else if (mine && event.key === "Escape") {
    event.preventDefault();
    shut();
  }
});
list.addEventListener("mousedown", (event) => {
  event.preventDefault(); // the field keeps the focus
  const option = event.target.closest("li");
  if (option) choose([...list.children].indexOf(option));
});
document.addEventListener("focusout", (event) => {
  if (open?.input === event.target) shut();
});
dress(document);
document.body.append(list, told);

// --- a draft that saves itself

const form = document.getElementById("authoring");
if (form) {
  const state = document.getElementById("saved");
  const conflict = document.getElementById("conflict");
  let dirty = false;
  let stopped = !conflict.hidden;
  let saving = null;
  let later = 0;

  const typed = (act) => {
    const given = new URLSearchParams();
    for (const [name, value] of new FormData(form)) given.append(name, value);
    given.set("do", act);
    return given;
  };

  const save = async () => {
    clearTimeout(later);
    if (!dirty || stopped) return;
    dirty = false;
    state.textContent = "Saving …";
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed("autosave"), headers: { "X-Mechkg": "1" } });
      const found = await answer.json();
      if (answer.status === 409) {
        stopped = true;
        conflict.querySelector(".why").textContent = found.conflict;
        conflict.querySelector(".other").href = `/curate/drafts/${form.elements.draft.value}`;
        conflict.hidden = false;
        state.textContent = "Not saved any more: see above.";
      } else if (!answer.ok) {
        state.textContent = `Not saved: ${found.error || found.detail || "the server refused it"}`;
      } else if (found.saved) {
        for (const name of ["draft", "version", "slot"]) form.elements[name].value = found[name];
        history.replaceState(null, "", found.path);
        const link = document.createElement("a");
        link.href = found.path;
        link.textContent = found.draft;
        state.replaceChildren(`Saved at ${found.saved} as `, link, ".");
      } else state.textContent = "Not saved yet.";
    } catch {
      dirty = true;
      state.textContent = "Not saved: the server does not answer. What you typed is still here.";
    }
  };
  const saveOnce = () => {
    const mine = (saving ?? Promise.resolve()).then(save).finally(() => {
      if (saving === mine) saving = null;
    });
    saving = mine;
    return mine;
  };
  const changed = () => {
    dirty = true;
    clearTimeout(later);
    later = setTimeout(saveOnce, 1200);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") saveOnce();
  });

  // --- lists that grow and shrink in place; what a button does otherwise, the server does

  const swap = async (button) => {
    const [act, path] = button.value.split(":");
    await (saving ?? null);
    const answer = await fetch(form.action, { method: "POST", body: typed(button.value), headers: { "X-Mechkg": "1" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fields = page.getElementById("fields");
    if (!answer.ok || !fields) throw new Error(String(answer.status));
    document.getElementById("fields").replaceWith(fields);
    dress(fields);
    counted(fields);
    const whole = document.getElementById(`f-${act === "add" ? path : path.replace(/\.\d+$/, "")}`);
    const rows = whole?.querySelectorAll(":scope > .row, :scope > .member");
    const last = act === "add" && rows?.length ? rows[rows.length - 1].querySelector("input, select, textarea") : null;
    (last ?? whole)?.focus();
    changed();
  };

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button?.value.match(/^(add|remove|up):/)) {
      event.preventDefault();
      try {
        await swap(button);
      } catch {
        form.requestSubmit(button);
      }
      return;
    }
    clearTimeout(later);
    dirty = false; // what is sent now holds all of it
    if (saving) {
      // one that is on its way would make this one the older; a form sends nothing while it is being sent
      event.preventDefault();
      await saving;
      setTimeout(() => form.requestSubmit(button));
    }
  });

  // --- how many words a quote has

  const counted = (root) => {
    for (const area of root.querySelectorAll("textarea[data-words]")) {
      const most = Number(area.dataset.words);
      const said = document.createElement("span");
      said.className = "count";
      const tell = () => {
        const words = area.value.split(/\s+/).filter(Boolean).length;
        said.textContent = words ? `${words} of ${most} words` : "";
        said.classList.toggle("over", words > most);
      };
      area.addEventListener("input", tell);
      area.after(said);
      tell();
    }
  };
  counted(document);
  document.querySelector("#findings.wrong")?.focus();
}
