// Keys, text settings, and references that open where they stand. Every page works without this script.
{
  const typing = "input,textarea,select,[contenteditable],[role=textbox],[role=combobox],[role=listbox],[role=menu],[role=slider],[role=application]";

  const elsewhere = {
    n: () => document.querySelector(".read .acts .btn:not([type=button])"),
    p: () => document.querySelector(".toc [aria-current]")?.closest("li").previousElementSibling?.querySelector("a"),
  };

  // Single keys: never while something is typed or chosen, never together with a modifier, and off when the reader says so.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length !== 1 || (event.shiftKey && event.key !== "?")) return;
    if (document.body.classList.contains("keys-n") || document.querySelector("dialog[open]")) return;
    if (event.target instanceof Element && event.target.closest(typing)) return;
    const named = [...document.querySelectorAll("[data-key]")].find(
      (each) => each.dataset.key === event.key && each.getClientRects().length,
    );
    // Steps that name none of their own: the part before in the outline, and the button of the page that leads on.
    const found = named ?? elsewhere[event.key]?.();
    if (!found) return;
    event.preventDefault();
    if (found.matches("summary")) {
      found.parentElement.open = !found.parentElement.open;
      found.focus();
    } else if (found.matches("a, button[type=button]") && (named || event.key === "p")) {
      found.click();
    } else {
      // A button that sends something, a field, a heading: the key leads there, and the reader decides.
      found.focus();
      found.scrollIntoView({ block: "nearest" });
    }
  });

  // A long outline shows where one is.
  const outline = document.querySelector(".toc");
  const now = outline?.querySelector("[aria-current]");
  if (now && outline.scrollHeight > outline.clientHeight) {
    outline.scrollTop = now.offsetTop - outline.offsetTop - outline.clientHeight / 2;
  }

  // A picture wider than its frame opens where the way begins, not on an empty corner.
  for (const frame of document.querySelectorAll(".map .scroll")) {
    const first = frame.querySelector("rect.stop")?.getBoundingClientRect();
    if (first) frame.scrollLeft += first.left + first.width / 2 - frame.getBoundingClientRect().left - frame.clientWidth / 2;
  }

  // Text settings: at once, without leaving the place one reads.
  for (const form of document.querySelectorAll("form[data-reading]")) {
    form.addEventListener("submit", async (event) => {
      const button = event.submitter;
      if (!button) return;
      event.preventDefault();
      const body = new FormData(form);
      body.set(button.name, button.value);
      const at = document.elementFromPoint(innerWidth / 2, innerHeight / 3)?.closest(".text [id^=at-]");
      const top = at?.getBoundingClientRect().top;
      const [name] = button.value.split("-");
      for (const each of [...document.body.classList]) if (each.startsWith(`${name}-`)) document.body.classList.remove(each);
      document.body.classList.add(button.value);
      for (const each of button.parentElement.children) each.setAttribute("aria-pressed", String(each === button));
      if (at) scrollBy(0, at.getBoundingClientRect().top - top);
      try {
        await fetch(form.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
      } catch {
        // Not kept, but in force on this page.
      }
    });
  }

  // A duty, a word or a work opens below the paragraph that names it. Without this, the link leads to it on the same page.
  const close = (link) => {
    document.getElementById(link.getAttribute("aria-controls"))?.remove();
    link.setAttribute("aria-expanded", "false");
    link.removeAttribute("aria-controls");
  };
  let number = 0;
  const links = document.querySelectorAll(".read :is(.to-duty,.to-term,.to-reference)[href^='#']");
  for (const link of links) {
    if (document.getElementById(link.hash.slice(1))) link.setAttribute("aria-expanded", "false");
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".read :is(.to-duty,.to-term,.to-reference)[aria-expanded]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-expanded") === "true") return close(link);
    const panel = document.createElement("aside");
    panel.className = "inplace";
    panel.id = `inplace-${++number}`;
    panel.setAttribute("aria-label", link.textContent);
    const target = document.getElementById(link.hash.slice(1));
    panel.append(...[...target.cloneNode(true).childNodes]);
    for (const each of panel.querySelectorAll("[id]")) each.removeAttribute("id");
    // Out of its list or below another heading it would be neither; what is said stays.
    for (const each of panel.querySelectorAll("h2,h3,h4,dt,dd")) {
      const line = document.createElement("p");
      if (each.tagName !== "DD") line.className = "name";
      line.append(...each.childNodes);
      each.replaceWith(line);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn plain";
    button.textContent = "Close";
    button.addEventListener("click", () => {
      close(link);
      link.focus();
    });
    panel.append(button);
    const block = link.closest("p,dd,ul,ol,dl,table,blockquote,h2,h3,h4,figure,label,legend") ?? link.parentElement;
    if (block.matches("dd")) block.append(panel);
    else {
      let before = block.closest(".scroll") ?? block;
      while (before.nextElementSibling?.matches(".inplace")) before = before.nextElementSibling;
      before.after(panel);
    }
    link.setAttribute("aria-expanded", "true");
    link.setAttribute("aria-controls", panel.id);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const panel = event.target instanceof Element && event.target.closest(".inplace");
    const link = panel
      ? document.querySelector(`[aria-controls="${panel.id}"]`)
      : event.target instanceof Element && event.target.closest("[aria-expanded=true][aria-controls^=inplace]");
    if (!link) return;
    close(link);
    link.focus();
  });
}
