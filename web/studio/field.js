/**
 * One field of a form: its label, what helps to fill it in, and what is wrong with it.
 * Imports the talk page's dom.
 */

import { create } from "../talk/dom.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/**
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {(words: string) => void} complain none clears it
 */

/**
 * @param {string} id
 * @param {{label: string, help: string}} words
 * @param {Control} control
 * @param {HTMLElement[]} [beside] what belongs to it
 * @returns {Field}
 */
export function makeField(id, { label, help }, control, beside = []) {
  control.id = `field-${id}`;
  control.setAttribute("name", id);
  const name = create("label", { text: label });
  name.htmlFor = control.id;
  const wrong = makeWrong(id);
  const described = [wrong.id];
  /** @type {HTMLElement[]} */
  const parts = [name, control];
  if (help !== "") {
    const helping = create("p", { className: "help", text: help });
    helping.id = `help-${id}`;
    described.unshift(helping.id);
    parts.push(helping);
  }
  control.setAttribute("aria-describedby", described.join(" "));
  const element = create("div", { className: "field", children: [...parts, ...beside, wrong] });
  element.dataset.field = id;
  return {
    element,
    complain: (words) => {
      wrong.textContent = words;
      control.setAttribute("aria-invalid", String(words !== ""));
    },
  };
}

/** @param {string} id */
export function makeWrong(id) {
  const wrong = create("p", { className: "problem" });
  wrong.id = `wrong-${id}`;
  return wrong;
}
