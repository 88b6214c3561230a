// Notes how long a scene was looked at, and which choices were picked before the one that is sent. Nothing depends on it.
for (const form of document.querySelectorAll("form[data-scene]")) {
  let seen = 0;
  let since = document.visibilityState === "visible" ? performance.now() : null;

  const pause = () => {
    if (since !== null) seen += performance.now() - since;
    since = document.visibilityState === "visible" ? performance.now() : null;
  };
  document.addEventListener("visibilitychange", pause);

  form.addEventListener("change", (event) => {
    if (event.target.name !== "choice") return;
    const { weighed } = form.elements;
    weighed.value = `${weighed.value} ${event.target.value}`.trim();
  });
  form.addEventListener("submit", () => {
    pause();
    form.elements.visible.value = String(Math.round(seen / 1000));
  });
}
