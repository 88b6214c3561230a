// Small conveniences. Every page works without them.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.drop[open], details.menu[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.drop[open], details.menu[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  // A link to a page that asks for confirmation may name a dialog that asks the same on this page.
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && dialog.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  const closer = event.target.closest("[data-close]");
  if (closer && closer.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  if (event.target.closest("[data-print]")) window.print();
});
// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  // Where the answer is a file the page stays; the form may be sent again then.
  setTimeout(() => delete form.dataset.sent, 5000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
// What was typed outlives a session that ended meanwhile or a form that came too late: it waits in this tab, and only until
// the next page that is neither the sign-in nor the one that says so. Nobody but the person who typed it gets it back.
const draftKey = "unsent";
const signsIn = (path) => path.startsWith("/account/login/");
const forms = () => [...document.querySelectorAll("main form[method=post]")].filter((form) => !form.querySelector("[type=password]"));
document.addEventListener("submit", (event) => {
  const index = forms().indexOf(event.target);
  if (index < 0) return;
  const typed = [...new FormData(event.target)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  sessionStorage.setItem(draftKey, JSON.stringify({ at: location.pathname, person: document.body.dataset.person, index, typed }));
});
const draft = JSON.parse(sessionStorage.getItem(draftKey) || "null");
if (draft && (signsIn(location.pathname) || document.querySelector("[data-unsent]"))) {
  sessionStorage.setItem(draftKey, JSON.stringify({ ...draft, unsent: true }));
} else if (draft) {
  sessionStorage.removeItem(draftKey);
  const form = forms()[draft.index];
  const theirs = draft.person && draft.person === document.body.dataset.person;
  if (form && theirs && draft.unsent && draft.at === location.pathname) {
    for (const field of form.elements) {
      if (!field.name || field.type === "file" || field.name === "csrfmiddlewaretoken") continue;
      const values = draft.typed.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    const note = document.createElement("p");
    note.className = "notice warn";
    note.textContent = "What you had entered is here again and is not saved yet. Look it over and send it once more; a file must be chosen again.";
    form.before(note);
    note.scrollIntoView({ block: "center" });
  }
}
