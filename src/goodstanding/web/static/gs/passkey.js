// Passkeys: asks the browser for one and puts its answer into the form. Without this script a code or the password does.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const listed = (credentials) => (credentials || []).map((each) => ({ ...each, id: bytes(each.id) }));

const create = async ({ publicKey }) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: listed(publicKey.excludeCredentials),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    },
  });
  return {
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
    ...named(made),
  };
};

const get = async ({ publicKey }) => {
  const made = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: listed(publicKey.allowCredentials) },
  });
  const { response } = made;
  return {
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
    ...named(made),
  };
};

const named = (made) => ({
  id: made.id,
  rawId: text(made.rawId),
  type: made.type,
  authenticatorAttachment: made.authenticatorAttachment || null,
});

const options = async (form) => {
  const kept = document.getElementById("passkey-options");
  if (kept) return JSON.parse(kept.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const status = form.querySelector("[role=status]");
  form.hidden = false;
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    status.textContent = "This browser knows no passkeys, or the address of this site does not begin with https.";
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.textContent = "Follow what your browser asks.";
    try {
      const asked = await options(form);
      const answer = await (asked.creation_options ? create(asked.creation_options) : get(asked.request_options));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      button.disabled = false;
      status.textContent =
        error.name === "InvalidStateError"
          ? "This device holds a passkey for your account already."
          : error.name === "SecurityError"
            ? "Passkeys do not work at this address of the site."
            : "No passkey was used. Nothing changed. Try again, or go on another way.";
    }
  });
}
