/**
 * What the kiosk's address says: who is shown, in which language, how long it waits. Pure.
 * Imports nothing.
 *
 * `?persona=museum&persona.de=museum_de` (another persona for a language), `avatar`, `lang=de`,
 * `langs=en,de` (those that can be chosen), `idle=45` and `countdown=15` (seconds), `voice=0`
 * (presence by voice off), `camera=1` (presence by camera on), `consent=notice` (listen as soon as
 * somebody is greeted, where a sign at the kiosk says so), `ask=…` (a suggested question;
 * repeatable), `show=motion` (the face is drawn on this device), `autostart=1` (no start screen),
 * `fullscreen=0`, `token_url=…` (answers a POST with `{"token": …}`), `#token=…`, `probe=1`.
 */

/**
 * @typedef {object} Config
 * @property {string | null} persona id; null for the server's default
 * @property {Record<string, string>} personas id of another persona, by language
 * @property {string | null} avatar id of a face; null for the persona's own
 * @property {string} language that the kiosk begins with
 * @property {string[]} languages that can be chosen; empty for all there are
 * @property {number} idleMs without a sign of life before the kiosk asks
 * @property {number} countdownMs from asking to the end of the conversation
 * @property {boolean} voice whether a voice at the kiosk is noticed
 * @property {boolean} camera whether somebody in front of the camera is noticed
 * @property {"ask" | "notice"} consent how visitors agree to be heard
 * @property {string[]} questions to suggest; empty for the persona's usual ones
 * @property {"video" | "motion"} show where the face is drawn
 * @property {boolean} autostart
 * @property {boolean} fullscreen
 * @property {string | null} tokenUrl
 * @property {string | null} token
 * @property {boolean} probe
 */

/** Longest text that is offered as a question, in characters. */
const LONGEST_QUESTION = 120;
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

/**
 * @param {{search: string, hash: string}} address
 * @param {string} usual language of the browser
 * @returns {Config}
 */
export function readConfig({ search, hash }, usual) {
  const query = new URLSearchParams(search);
  const languages = (query.get("langs") ?? "").split(",").map(asLanguage).filter(isSome);
  return {
    persona: query.get("persona"),
    personas: personasByLanguage(query),
    avatar: query.get("avatar"),
    language: asLanguage(query.get("lang") ?? "") ?? languages[0] ?? asLanguage(usual) ?? "en",
    languages,
    idleMs: seconds(query.get("idle"), 45, [2, 3_600]),
    countdownMs: seconds(query.get("countdown"), 15, [2, 120]),
    voice: isOn(query.get("voice"), true),
    camera: isOn(query.get("camera"), false),
    consent: query.get("consent") === "notice" ? "notice" : "ask",
    questions: query
      .getAll("ask")
      .map((text) => text.trim().slice(0, LONGEST_QUESTION))
      .filter((text) => text !== ""),
    show: query.get("show") === "motion" ? "motion" : "video",
    autostart: isOn(query.get("autostart"), false),
    fullscreen: isOn(query.get("fullscreen"), true),
    tokenUrl: query.get("token_url"),
    token: new URLSearchParams(hash.slice(1)).get("token"),
    probe: isOn(query.get("probe"), false),
  };
}

/** @param {URLSearchParams} query */
function personasByLanguage(query) {
  const prefix = "persona.";
  const entries = [...query].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    entries.map(([name, id]) => [asLanguage(name.slice(prefix.length)) ?? "", id]),
  );
}

/**
 * @param {string} tag
 * @returns {string | null} the language of a tag such as `de-AT`, without region
 */
function asLanguage(tag) {
  return LANGUAGE.test(tag.trim()) ? (tag.trim().toLowerCase().split("-")[0] ?? null) : null;
}

/**
 * @param {string | null} text
 * @param {number} usual seconds
 * @param {[number, number]} range seconds
 * @returns {number} milliseconds
 */
function seconds(text, usual, [least, most]) {
  const given = Number.parseFloat(text ?? "");
  return 1_000 * (Number.isFinite(given) ? Math.min(most, Math.max(least, given)) : usual);
}

/**
 * @param {string | null} text
 * @param {boolean} usual
 */
function isOn(text, usual) {
  return text === null ? usual : ["1", "true", "on", ""].includes(text);
}

/**
 * @param {string | null} value
 * @returns {value is string}
 */
function isSome(value) {
  return value !== null;
}
