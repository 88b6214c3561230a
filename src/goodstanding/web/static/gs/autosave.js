// Saves each answer of a test, and each mark, as it is given. Without this script the button "Save answers" does the same.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = document.getElementById(form.dataset.status);
  const count = document.getElementById(form.dataset.count);
  const open = new Map();
  let sending = false;

  const say = (text, trouble) => {
    status.textContent = text;
    status.classList.toggle("trouble", Boolean(trouble));
  };

  // One request at a time, and always the newest answer to a question.
  const send = async () => {
    if (sending || !open.size) return;
    sending = true;
    const batch = new Map(open);
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of batch) {
      if (!Array.isArray(value)) body.set(name, value);
      else {
        body.set(`${name}-sent`, "yes"); // none of them checked is an answer, too
        for (const each of value) body.append(name, each);
      }
    }
    say("Saving…");
    let again = false;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, redirect: "error", credentials: "same-origin" });
      const said = await answer.json();
      if (answer.ok) {
        for (const [name, value] of batch) if (open.get(name) === value) open.delete(name);
        if (count) count.textContent = String(said.answered);
        say(`Saved ${said.saved_at}`);
        again = open.size > 0;
      } else {
        say(`Not saved. ${said.problem}`, true);
      }
    } catch {
      // Without a network, or signed out meanwhile: the button then says which.
      say("Not saved yet: the server did not take it. Your choice is still marked here; press Save answers to try again.", true);
    }
    sending = false;
    if (again) send();
  };

  form.addEventListener("change", (event) => {
    const { name, type, value } = event.target;
    if (type === "radio") open.set(name, value);
    else if (type === "checkbox") open.set(name, [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value));
    else return;
    send();
  });
  addEventListener("online", send);
}
