/**
 * Who can be talked to: the list to choose from, and the picture shown before the face is there.
 * Imports the client's HTTP calls and dom.
 */

import { listPersonas } from "../sdk/api.js";
import { create } from "./dom.js";

/** @typedef {import("../sdk/api.js").Persona} Persona */

/**
 * Fills the list and calls back with the one chosen first, then with each choice.
 * @param {HTMLFieldSetElement} field
 * @param {HTMLElement} list
 * @param {string | null} wanted id of the persona to begin with; the first one if null
 * @param {(persona: Persona) => void} choose
 * @returns {Promise<void>}
 */
export async function showPeople(field, list, wanted, choose) {
  const people = await listPersonas("");
  const first = wanted === null ? people[0] : people.find(({ id }) => id === wanted);
  list.replaceChildren(...people.map((persona) => makeChoice(persona, persona === first, choose)));
  field.hidden = people.length < 2;
  if (first) choose(first);
}

/**
 * @param {Persona} persona
 * @param {boolean} checked
 * @param {(persona: Persona) => void} choose
 */
function makeChoice(persona, checked, choose) {
  const radio = create("input");
  radio.type = "radio";
  radio.name = "persona";
  radio.value = persona.id;
  radio.checked = checked;
  radio.addEventListener("change", () => choose(persona));
  const text = create("span", {
    className: "about",
    children: [
      create("span", { className: "name", text: persona.name }),
      create("span", { className: "description", text: persona.description }),
    ],
  });
  return create("label", { className: "person", children: [radio, portrait(persona), text] });
}

/** @param {Persona} persona */
function portrait(persona) {
  const source = pictureOf(persona);
  const initial = create("span", { className: "portrait", text: persona.name.slice(0, 1) });
  if (source === null) return initial;
  const picture = create("img", { className: "portrait" });
  picture.alt = "";
  picture.src = source;
  picture.addEventListener("error", () => picture.replaceWith(initial), { once: true });
  return picture;
}

/**
 * @param {Persona} persona
 * @returns {string | null} the address of its picture, if it has one
 */
export function pictureOf({ avatar }) {
  return avatar && /^(\/|https?:)/.test(avatar) ? avatar : null;
}
