// Parts of a page that are worked out beside it come in when they are there; without a script, the link in them leads there.

for (const place of document.querySelectorAll("[data-beside]")) {
  const link = place.querySelector("a");
  const words = document.createElement("p");
  words.className = "working";
  words.setAttribute("role", "status");
  words.textContent = place.dataset.beside;
  place.prepend(words);
  link.hidden = true;
  const address = new URL(link.href);
  address.searchParams.set("wait", "yes");
  try {
    let answer = await fetch(address);
    while (answer.status === 202) answer = await fetch(address);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#part");
    if (!answer.ok || !found) throw new Error(String(answer.status));
    place.replaceChildren(...found.childNodes);
  } catch {
    words.textContent = "It could not be worked out here.";
    link.hidden = false;
  }
}
