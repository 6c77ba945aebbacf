/**
 * The variables of a persona's texts: a row for each. Imports the draft, dom, field and words.
 */

import { create } from "../talk/dom.js";
import { button } from "./dom.js";
import { rowsOf, variablesOf } from "./draft.js";
import { makeWrong } from "./field.js";
import { words } from "./strings.js";

/** @typedef {import("./draft.js").Draft["variables"]} Variables */

/** @param {() => void} changed */
export function makeVariables(changed) {
  const rows = create("div", { className: "variables" });
  const wrong = makeWrong("variables");
  const { help } = words.fields.variables;
  const add = button("outline", words.addVariable, () => {
    const row = makeRow({ name: "", value: "", asked: false });
    rows.append(row.element);
    row.name.focus();
    changed();
  });

  /** @param {{name: string, value: string, asked: boolean}} filled */
  const makeRow = (filled) => {
    const name = makeInput(words.variableName, filled.name, 40);
    const value = makeInput(words.variableValue, filled.value, 200);
    const asked = create("input");
    asked.type = "checkbox";
    asked.checked = filled.asked;
    const draw = () => {
      value.disabled = asked.checked;
    };
    asked.addEventListener("change", draw);
    draw();
    const remove = button("quiet end", "×", () => {
      element.remove();
      add.focus();
      changed();
    });
    const label = () => remove.setAttribute("aria-label", words.removeVariable(name.value));
    name.addEventListener("input", label);
    label();
    const check = create("label", {
      className: "check",
      children: [asked, create("span", { text: words.variableAsked })],
    });
    const element = create("div", {
      className: "variable",
      children: [name, value, check, remove],
    });
    return { element, name };
  };

  const read = () =>
    variablesOf(
      [...rows.children].map((row) => {
        const [name, value, asked] = row.querySelectorAll("input");
        return {
          name: name?.value ?? "",
          value: value?.value ?? "",
          asked: asked?.checked ?? false,
        };
      }),
    );

  /** @param {string} text */
  const complain = (text) => {
    wrong.textContent = text;
  };

  const element = create("div", {
    className: "field",
    children: [create("p", { className: "help", text: help }), rows, add, wrong],
  });
  element.dataset.field = "variables";

  return {
    element,
    complain,
    /** @param {Variables} variables */
    fill: (variables) =>
      rows.replaceChildren(...rowsOf(variables).map((row) => makeRow(row).element)),
    /** @returns {Variables} */
    read: () => read().variables,
    /** Whether two rows have the same name. */
    get twice() {
      return read().twice;
    },
  };
}

/**
 * @param {string} label
 * @param {string} value
 * @param {number} longest
 */
function makeInput(label, value, longest) {
  const input = create("input");
  input.type = "text";
  input.maxLength = longest;
  input.value = value;
  input.placeholder = label;
  input.setAttribute("aria-label", label);
  return input;
}
