// Reports how long this page was seen while its reader was active, and how far she had come. The server decides what counts.
for (const form of document.querySelectorAll("form[data-seat]")) {
  const every = Number(form.dataset.every) * 1000;
  const idle = Number(form.dataset.idle) * 1000;
  const line = document.querySelector("[data-seat-line]");
  let lastSign = performance.now();
  let lastTick = performance.now();
  let lastSent = performance.now();
  let active = 0;
  let number = 0;
  let mark = 0;
  let stopped = false;

  for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"]) {
    addEventListener(sign, () => { lastSign = performance.now(); }, { passive: true, capture: true });
  }
  document.addEventListener("selectionchange", () => { lastSign = performance.now(); });

  // The last part of the text that begins above the upper third of the window.
  const place = () => {
    let found = 0;
    for (const each of document.querySelectorAll(".text [id^=at-]")) {
      if (each.getBoundingClientRect().top > innerHeight / 3) break;
      found = Number(each.id.slice(3));
    }
    return found;
  };

  const send = async (leaving) => {
    const now = place();
    const seconds = Math.floor(active / 1000);
    if (stopped || (!seconds && now === mark)) return;
    lastSent = performance.now();
    active -= seconds * 1000;
    mark = now;
    const body = new FormData(form);
    body.set("number", String(++number));
    body.set("seconds", String(seconds));
    body.set("mark", String(now));
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, keepalive: leaving, redirect: "error", credentials: "same-origin",
      });
      if (answer.status >= 400 && answer.status < 500) stopped = true;
      if (!answer.ok) return;
      const said = await answer.json();
      if (line && said.minutes) {
        line.querySelector("[data-seat-minutes]").textContent = String(said.minutes);
        line.hidden = false;
      }
    } catch {
      active += seconds * 1000; // no network: with the next report
    }
  };

  const tick = () => {
    const now = performance.now();
    // A machine that slept wakes with a long gap; nobody read in it.
    const passed = Math.min(now - lastTick, 2000);
    lastTick = now;
    if (document.visibilityState === "visible" && now - lastSign < idle) active += passed;
    if (now - lastSent >= every) send(false);
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      tick();
      send(true);
    } else {
      lastTick = lastSign = performance.now();
    }
  });
}
