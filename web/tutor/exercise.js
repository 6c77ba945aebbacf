/**
 * An exercise under the board: asks, takes an answer, shows what it was worth.
 * Imports markup, words and the helpers of the talk page.
 */

import { create, find } from "../talk/dom.js";
import { bringIntoSight, fill } from "./markup.js";
import { words } from "./words.js";

/** @typedef {import("./api.js").Exercise} Exercise */
/** @typedef {import("./api.js").Judgement} Judgement */

/** The form of the exercise that is shown; the same one for all of them. */
export class ExerciseForm {
  #form = find("exercise", HTMLFormElement);
  #ask = find("exercise-ask", HTMLElement);
  #field = find("exercise-field", HTMLElement);
  #tries = find("exercise-tries", HTMLElement);
  #verdict = find("exercise-verdict", HTMLElement);
  #button = find("exercise-check", HTMLButtonElement);
  /** @type {Exercise | null} */
  #exercise = null;

  /** @param {(exercise: Exercise, answer: string) => void} answer */
  constructor(answer) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = String(new FormData(this.#form).get("answer") ?? "").trim();
      if (this.#exercise === null) return;
      if (given === "") this.#say("unclear", words.noAnswerGiven);
      else answer(this.#exercise, given);
    });
  }

  /**
   * @param {Exercise | null} exercise none hides the form
   * @param {number} tries wrong ones so far
   * @param {boolean} over whether it takes no answers any more
   */
  show(exercise, tries, over) {
    this.#form.hidden = exercise === null;
    const fresh = exercise !== this.#exercise;
    if (fresh) {
      this.#exercise = exercise;
      this.#clear();
      if (exercise) this.#build(exercise);
    }
    if (exercise === null) return;
    if (fresh) bringIntoSight(this.#form);
    this.#button.hidden = over;
    for (const input of this.#field.querySelectorAll("input")) input.disabled = over;
    this.#tries.textContent = over ? "" : words.triesLeft(exercise.tries - tries);
    this.#tries.hidden = over;
  }

  /** @param {boolean} busy whether an answer is on its way */
  wait(busy) {
    this.#button.disabled = busy;
  }

  /** @param {Judgement} judgement */
  judge({ verdict, show, solution }) {
    this.#say(verdict, words.verdicts[verdict]);
    const input = this.#field.querySelector("input[type=text]");
    if (input instanceof HTMLInputElement && solution === null) input.select();
    if (show) {
      const note = create("p", { className: "note" });
      fill(note, show);
      this.#verdict.append(note);
    }
    if (solution !== null && verdict !== "right") {
      const right = create("span");
      fill(right, solution);
      this.#verdict.append(
        create("p", { children: [create("strong", { text: `${words.solution}: ` }), right] }),
      );
    }
    bringIntoSight(this.#verdict);
  }

  /** The answer did not reach the server. */
  fail() {
    this.#say("unclear", words.answerNotSent);
  }

  /**
   * @param {Judgement["verdict"]} verdict
   * @param {string} text
   */
  #say(verdict, text) {
    this.#verdict.dataset.verdict = verdict;
    this.#verdict.replaceChildren(create("p", { className: "title", text }));
  }

  #clear() {
    this.#verdict.replaceChildren();
    delete this.#verdict.dataset.verdict;
  }

  /** @param {Exercise} exercise */
  #build({ ask, kind, options, unit }) {
    fill(this.#ask, ask);
    if (kind === "choice") {
      this.#field.className = "options";
      this.#field.replaceChildren(...options.map(makeOption));
      return;
    }
    const input = create("input", { className: "answer" });
    input.type = "text";
    input.name = "answer";
    input.maxLength = 200;
    input.autocomplete = "off";
    input.setAttribute("aria-labelledby", "exercise-ask");
    input.placeholder = kind === "number" && unit ? words.numberIn(unit) : words.yourAnswer;
    if (kind === "number") input.inputMode = unit ? "text" : "decimal";
    this.#field.className = "free";
    this.#field.replaceChildren(input);
  }
}

/**
 * @param {string} html
 * @param {number} index
 */
function makeOption(html, index) {
  const radio = create("input");
  radio.type = "radio";
  radio.name = "answer";
  radio.value = String(index + 1);
  const text = create("span");
  fill(text, html);
  // a formula alone is no name to every screen reader
  radio.setAttribute("aria-label", text.textContent.trim());
  return create("label", { className: "option", children: [radio, text] });
}
