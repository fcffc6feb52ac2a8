// Parts that are worked out when somebody opens them come into the page; without a script, the link in them leads there.

for (const part of document.querySelectorAll("details.part")) {
  const place = part.querySelector(".load");
  const load = async () => {
    const link = place.querySelector("a");
    place.setAttribute("role", "status");
    const words = document.createTextNode("Being worked out … ");
    place.prepend(words);
    try {
      const address = new URL(link.href);
      address.searchParams.set("wait", "yes");
      let answer = await fetch(address);
      while (answer.status === 202) answer = await fetch(address);
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#part");
      if (!answer.ok || !found) throw new Error(String(answer.status));
      const inside = document.createElement("div");
      inside.append(...found.childNodes);
      place.before(inside);
      place.removeAttribute("role");
      words.remove();
      link.textContent = "This part as a page";
    } catch {
      words.data = "It could not be loaded here. ";
      part.addEventListener("toggle", opened);
    }
  };
  const opened = () => {
    if (!part.open) return;
    part.removeEventListener("toggle", opened);
    load();
  };
  part.addEventListener("toggle", opened);
}
