/**
 * What one may ask, beneath the bar: the persona's own questions, to click. Imports the client's
 * suggestions and dom.
 */

import { Suggestions } from "../sdk/suggestions.js";
import { create, on } from "./dom.js";

/** @typedef {import("../sdk/session.js").Session} Session */

/**
 * @param {Session} session
 * @param {HTMLElement} element hidden while there is nothing to suggest
 * @returns {(usable: boolean) => void} says whether anything can be asked now
 */
export function wireSuggestions(session, element) {
  const suggestions = new Suggestions();
  let known = "";
  const draw = () => {
    element.replaceChildren(...suggestions.shown.map(makeChip));
  };

  /** @param {string} question */
  const makeChip = (question) => {
    const chip = create("button", { className: "chip", text: question });
    chip.type = "button";
    chip.addEventListener("click", () => {
      const place = suggestions.shown.indexOf(question);
      if (!session.sendText(question)) return;
      suggestions.asked(question);
      draw();
      const next = element.children[place];
      if (next instanceof HTMLElement) next.focus();
    });
    return chip;
  };

  on(session, "hello", ({ session: id, questions }) => {
    const told = JSON.stringify([id, questions]);
    if (told === known) return;
    known = told;
    suggestions.begin(questions ?? []);
    draw();
  });
  return (usable) => {
    element.hidden = !usable || suggestions.shown.length === 0;
  };
}
