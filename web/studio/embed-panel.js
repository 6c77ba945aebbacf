/**
 * The lines with which a website shows the persona, as somebody chooses how. Imports the lines, dom
 * and words.
 */

import { create, find } from "../talk/dom.js";
import { select } from "./dom.js";
import { origin, pageCode, settingsCode, tokenCode } from "./embed.js";
import { makeField } from "./field.js";
import { words } from "./strings.js";

/** @typedef {import("./embed.js").Embedding} Embedding */

const COPIED_MS = 2_000;

/**
 * @returns {(persona: string | null, avatar: string | null) => void} shows the lines for a persona,
 *   null for one that is not saved, with another face than its own if that is not null
 */
export function wireEmbed() {
  const form = find("embed-form", HTMLFormElement);
  const said = words.embed;
  const how = select(Object.entries(said.hows));
  const theme = select(Object.entries(said.themes));
  const position = select(Object.entries(said.positions));
  const language = select(Object.entries(said.languages));
  const site = textInput("https://shop.example");
  const tokenUrl = textInput("/face-token");
  const privacyUrl = textInput("/privacy");
  const fields = {
    how: makeField("how", { label: said.how, help: "" }, how),
    site: makeField("site", { label: said.site, help: "" }, site),
    theme: makeField("theme", { label: said.theme, help: "" }, theme),
    position: makeField("position", { label: said.position, help: "" }, position),
    language: makeField("buttons", { label: said.language, help: "" }, language),
    tokenUrl: makeField("token-url", { label: said.tokenUrl, help: "" }, tokenUrl),
    privacyUrl: makeField("privacy-url", { label: said.privacyUrl, help: "" }, privacyUrl),
  };
  const rows = create("div", {
    className: "group",
    children: Object.values(fields).map(({ element }) => element),
  });
  form.append(rows);
  /** @type {{persona: string | null, avatar: string | null}} */
  let whom = { persona: null, avatar: null };

  const draw = () => {
    const code = how.value === "code";
    for (const each of [fields.theme, fields.language, fields.privacyUrl]) {
      each.element.hidden = code;
    }
    fields.position.element.hidden = how.value !== "bubble";
    fields.site.complain(origin(site.value) === site.value.replace(/\/$/, "") ? "" : said.badSite);
    const embedding = /** @type {Embedding} */ ({
      ...whom,
      persona: whom.persona ?? "…",
      server: location.origin,
      how: how.value,
      theme: theme.value,
      position: position.value,
      language: language.value,
      site: site.value,
      tokenUrl: tokenUrl.value.trim(),
      privacyUrl: privacyUrl.value.trim(),
    });
    find("embed-code", HTMLElement).textContent = pageCode(embedding);
    find("embed-token", HTMLElement).textContent = tokenCode(embedding);
    find("embed-settings", HTMLElement).textContent = settingsCode(embedding);
  };

  form.addEventListener("input", draw);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("button[data-copies]")) {
    if (button instanceof HTMLButtonElement) wireCopy(button);
  }
  draw();

  return (persona, avatar) => {
    whom = { persona, avatar };
    draw();
  };
}

/** @param {string} value */
function textInput(value) {
  const input = create("input");
  input.type = "text";
  input.value = value;
  input.maxLength = 200;
  return input;
}

/** @param {HTMLButtonElement} button */
function wireCopy(button) {
  button.addEventListener("click", async () => {
    const code = find(button.dataset.copies ?? "", HTMLElement);
    try {
      await navigator.clipboard.writeText(code.textContent ?? "");
      button.textContent = words.copied;
      setTimeout(() => {
        button.textContent = words.document.copy ?? "";
      }, COPIED_MS);
    } catch {
      // Without permission to write, the lines are marked for the person to copy.
      getSelection()?.selectAllChildren(code);
    }
  });
}
