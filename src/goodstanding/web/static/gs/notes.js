// Highlights in the text, and notes that are kept without leaving the place one reads. Without this script a form keeps notes.
{
  const text = document.getElementById("text");
  const bar = document.querySelector(".pick");
  const form = () => document.querySelector("form[data-notes]");
  let from = null;

  // Characters are counted over the text alone: what was opened in place is not part of it.
  const nodes = () => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT, {
      acceptNode: (node) => (node.parentElement.closest(".inplace") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    const found = [];
    let at = 0;
    while (walker.nextNode()) {
      found.push({ node: walker.currentNode, from: at, to: at + walker.currentNode.length });
      at += walker.currentNode.length;
    }
    return found;
  };

  const offset = (node, inside) => {
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(node, inside);
    let count = 0;
    for (const each of nodes()) {
      if (each.node === range.endContainer) return count + range.endOffset;
      if (range.comparePoint(each.node, 0) > 0) break;
      count = each.to;
    }
    return count;
  };

  const paint = () => {
    for (const old of text.querySelectorAll("mark.hl")) {
      old.replaceWith(...old.childNodes);
    }
    text.normalize();
    for (const item of document.querySelectorAll("#notes li[data-start]")) {
      let [start, end] = [Number(item.dataset.start), Number(item.dataset.end)];
      const all = nodes().map((each) => each.node.data).join("");
      if (all.slice(start, end).trim() !== item.dataset.quote) {
        // The page was drawn another way since: look for the words themselves.
        start = all.indexOf(item.dataset.quote);
        if (start < 0) continue;
        end = start + item.dataset.quote.length;
      }
      for (const { node, from, to } of nodes()) {
        if (to <= start || from >= end) continue;
        let part = node;
        if (end < to) part.splitText(end - from);
        if (start > from) part = part.splitText(start - from);
        if (!part.data.trim()) continue;
        const mark = document.createElement("mark");
        mark.className = "hl";
        mark.dataset.note = item.id;
        part.replaceWith(mark);
        mark.append(part);
      }
    }
  };

  // What the server has now takes the place of the list; what is being typed stays.
  const refresh = async (fresh, keepTyped) => {
    const answer = await fetch(location.pathname, { credentials: "same-origin", redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("notes");
    if (!now) throw new Error("no notes");
    if (keepTyped) now.querySelector("textarea").value = form().elements.text.value;
    document.getElementById("notes").replaceWith(now);
    form().elements.note_id.value = fresh;
    paint();
  };

  const keep = async (body, keepTyped) => {
    const problem = form().querySelector("[data-problem]");
    problem.hidden = true;
    try {
      const answer = await fetch(form().action, {
        method: "POST", body, redirect: "error", credentials: "same-origin", headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      if (!answer.ok) {
        problem.textContent = said.problem;
        problem.hidden = false;
        return false;
      }
      await refresh(said.fresh, keepTyped);
      return true;
    } catch {
      problem.textContent = "Not kept: the server did not take it. What you wrote is still here; try again.";
      problem.hidden = false;
      return false;
    }
  };

  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const [first, last] = [text.contains(range.startContainer), text.contains(range.endContainer)];
    if (!first && !last) return null;
    // A paragraph chosen by three clicks ends where the next thing begins, which may lie outside.
    const start = first ? offset(range.startContainer, range.startOffset) : 0;
    const end = last ? offset(range.endContainer, range.endOffset) : Infinity;
    const all = nodes().map((each) => each.node.data).join("").slice(start, end);
    const lead = all.length - all.trimStart().length;
    const quote = all.trim();
    return quote ? { quote, start: start + lead, end: start + lead + quote.length } : null;
  };

  const put = (place) => {
    const fields = form().elements;
    for (const name of ["quote", "start", "end"]) fields[name].value = place ? place[name] : "";
    const shown = form().querySelector(".picked");
    shown.textContent = place ? place.quote : "";
    shown.hidden = !place;
  };

  if (text && bar && form()) {
    paint();
    document.addEventListener("selectionchange", () => { bar.hidden = !selected(); });
    // Pressing the button must not take the selection away first.
    bar.addEventListener("pointerdown", (event) => event.preventDefault());
    bar.addEventListener("click", async (event) => {
      const way = event.target.closest("[data-pick]")?.dataset.pick;
      const place = way && selected();
      if (!place) return;
      if (way === "note") {
        from = scrollY;
        put(place);
        getSelection().removeAllRanges();
        form().elements.text.focus();
        return;
      }
      const body = new FormData(form());
      body.set("note_id", crypto.randomUUID?.() ?? form().elements.note_id.value);
      body.set("text", "");
      for (const name of ["quote", "start", "end"]) body.set(name, String(place[name]));
      if (await keep(body, true)) getSelection().removeAllRanges();
      else form().scrollIntoView({ block: "nearest" });
    });
    // Before anyone else hears of it: the page stays, and the form may be sent again at once.
    document.addEventListener("submit", async (event) => {
      if (event.target !== form()) return;
      event.preventDefault();
      const button = event.submitter;
      if (button) button.disabled = true;
      const kept = await keep(new FormData(form()), false);
      if (button) button.disabled = false;
      if (!kept) return;
      // A note about a passage was written from there, so the reader goes on there.
      if (from === null) form().elements.text.focus({ preventScroll: true });
      else scrollTo(0, from);
      from = null;
    }, true);
    text.addEventListener("click", (event) => {
      const mark = event.target.closest("mark.hl");
      if (!mark || event.target.closest("a") || !getSelection().isCollapsed) return;
      document.getElementById(mark.dataset.note)?.scrollIntoView({ block: "center" });
    });
  }
}
