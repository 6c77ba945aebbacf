/**
 * What a website needs to show a persona: the lines of its page, of its own server and of this
 * one. Imports nothing.
 */

/**
 * @typedef {object} Embedding
 * @property {"bubble" | "element" | "code"} how
 * @property {string} server address of this server
 * @property {string} persona id
 * @property {string | null} avatar id of a face other than the persona's own
 * @property {string} theme
 * @property {string} position
 * @property {string} language empty for the page's own
 * @property {string} site address of the website
 * @property {string} tokenUrl where the website hands out tokens
 * @property {string} privacyUrl
 */

/** @param {string} value as it stands between double quotes in HTML */
function attribute(value) {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/**
 * @param {Embedding} embedding
 * @returns {[string, string][]} attributes of the element, without those that go without saying
 */
function attributes({ how, persona, avatar, theme, position, language, tokenUrl, privacyUrl }) {
  /** @type {[string, string][]} */
  const all = [
    ["token-url", tokenUrl],
    ["persona", persona],
    ["avatar", avatar ?? ""],
    ["theme", theme === "auto" ? "" : theme],
    ["position", how === "bubble" && position === "left" ? position : ""],
    ["language", language],
    ["privacy-url", privacyUrl],
  ];
  return all.filter(([, value]) => value !== "");
}

/**
 * @param {Embedding} embedding
 * @returns {string} the lines of the website's page
 */
export function pageCode(embedding) {
  const { how, server } = embedding;
  if (how === "code") return sessionCode(embedding);
  const written = attributes(embedding).map(([name, value]) => [name, attribute(value)]);
  if (how === "bubble") {
    const data = written.map(([name, value]) => `\n  data-${name}="${value}"`).join("");
    return `<script type="module" src="${server}/widget/widget.js"${data}></script>`;
  }
  const own = written.map(([name, value]) => `\n  ${name}="${value}"`).join("");
  return (
    `<script type="module" src="${server}/widget/element.js"></script>\n` +
    `<visavis-avatar${own}></visavis-avatar>`
  );
}

/** @param {Embedding} embedding */
function sessionCode({ server, persona, avatar, tokenUrl }) {
  const whom = Object.entries({ apiUrl: server, persona, avatar: avatar ?? undefined })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)},\n`)
    .join("");
  const token = tokenUrl
    ? `async function getToken() {\n` +
      `  const answer = await fetch(${JSON.stringify(tokenUrl)}, { method: "POST" });\n` +
      "  return (await answer.json()).token;\n}\n\n"
    : "";
  return (
    `import { createSession } from "${server}/sdk/index.js";\n\n${token}` +
    `const session = createSession(${tokenUrl ? "getToken" : "null"}, {\n${whom}});\n` +
    'session.attach(document.querySelector("video"));\n' +
    'session.on("hello", ({ disclosure }) => show(disclosure)); // must be shown\n' +
    'button.addEventListener("click", () => session.start());'
  );
}

/**
 * @param {Embedding} embedding
 * @returns {string} what the website's own server sends, to hand a token to its page
 */
export function tokenCode({ server, persona, avatar, site }) {
  const grant = JSON.stringify({ persona, ...(avatar ? { avatar } : {}), origin: origin(site) });
  return (
    `curl -X POST ${server}/v1/tokens \\\n` +
    '  -H "Authorization: Bearer $VISAVIS_KEY" \\\n' +
    '  -H "Content-Type: application/json" \\\n' +
    `  -d '${grant}'`
  );
}

/**
 * @param {Embedding} embedding
 * @returns {string} the settings of this server
 */
export function settingsCode({ site }) {
  return (
    "[server]\n" +
    'api_keys = ["<16 or more random characters>"]\n' +
    `allowed_origins = ["${origin(site)}"]`
  );
}

/**
 * @param {string} site
 * @returns {string} its origin; an example where it is no address
 */
export function origin(site) {
  try {
    const url = new URL(site);
    return /^https?:$/.test(url.protocol) ? url.origin : "https://shop.example";
  } catch {
    return "https://shop.example";
  }
}
