/**
 * The form of a persona: fills it in, reads it, and shows what is wrong beside each field.
 * Imports the draft, dom, field, variables and words.
 */

import { create, find } from "../talk/dom.js";
import { fillSelect, select } from "./dom.js";
import { countKnowledge, questionsIn } from "./draft.js";
import { makeField } from "./field.js";
import { words } from "./strings.js";
import { makeVariables } from "./variables.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./field.js").Control} Control */
/** @typedef {"name" | "greeting" | "disclosure" | "topics" | "style" | "prompt" | "knowledge"} Text */

/** Lines of a text area; 1 is one line. */
const LINES = /** @type {Record<Text, number>} */ ({
  name: 1,
  greeting: 2,
  disclosure: 2,
  topics: 2,
  style: 1,
  prompt: 5,
  knowledge: 14,
});
/** What the server takes, in characters. */
const LONGEST = /** @type {Record<Text, number>} */ ({
  name: 40,
  greeting: 600,
  disclosure: 300,
  topics: 300,
  style: 160,
  prompt: 6_000,
  knowledge: 100_000,
});
const QUESTIONS = { rows: 4, most: 12, longest: 120 };
const CALM = 0.4;

export class Editor {
  #fieldset = find("fields", HTMLFieldSetElement);
  #texts = /** @type {Record<Text, HTMLInputElement | HTMLTextAreaElement>} */ ({});
  #questions = create("textarea");
  #voice = select([]);
  #language = select([]);
  #emotion = select([["", words.mood], ...Object.entries(words.emotions)]);
  #intensity = create("input");
  #variables;
  #knows = create("p", { className: "count" });
  /** @type {Map<string, (words: string) => void>} */
  #complaints = new Map();
  /** @type {{id: string, language: string}[]} */
  #voices = [];
  #changed;
  /** Chosen in the gallery, not in the form. */
  #avatar = "";

  /**
   * @param {HTMLElement} face shows the face and leads to the others
   * @param {() => void} changed somebody wrote something
   */
  constructor(face, changed) {
    this.#changed = changed;
    this.#variables = makeVariables(changed);
    for (const name of /** @type {Text[]} */ (Object.keys(LINES))) {
      const area = LINES[name] > 1;
      const control = area ? create("textarea") : create("input");
      control.maxLength = LONGEST[name];
      if (control instanceof HTMLTextAreaElement) control.rows = LINES[name];
      this.#texts[name] = control;
    }
    this.#texts.knowledge.spellcheck = false;
    this.#questions.rows = QUESTIONS.rows;
    this.#questions.maxLength = QUESTIONS.most * (QUESTIONS.longest + 1);
    Object.assign(this.#intensity, { type: "range", min: "0", max: "1", step: "0.05" });
    this.#fieldset.append(...this.#groups(face));
    this.#fieldset.addEventListener("input", (event) => this.#onInput(event));
    this.#voice.addEventListener("change", () => this.#offerLanguages());
  }

  /** @param {HTMLElement} face */
  #groups(face) {
    const { groups } = words.fields;
    const text = (/** @type {Text} */ name) => this.#field(name, this.#texts[name]);
    return [
      group(groups.who, "who", [
        text("name"),
        face,
        this.#field("voice", this.#voice),
        this.#field("language", this.#language),
        this.#field("emotion", this.#emotion),
        this.#field("intensity", this.#intensity),
      ]),
      group(groups.says, "says", [
        text("greeting"),
        text("disclosure"),
        text("topics"),
        this.#field("questions", this.#questions),
      ]),
      group(groups.manner, "manner", [text("style"), text("prompt")]),
      group(groups.knows, "knows", [
        this.#field("knowledge", this.#texts.knowledge, [this.#knows]),
      ]),
      group(groups.variables, "variables", [this.#takeVariables()]),
    ];
  }

  /**
   * @param {Exclude<keyof typeof words.fields, "groups">} name
   * @param {Control} control
   * @param {HTMLElement[]} [beside]
   */
  #field(name, control, beside = []) {
    const field = makeField(name, words.fields[name], control, beside);
    this.#complaints.set(name, field.complain);
    return field.element;
  }

  #takeVariables() {
    this.#complaints.set("variables", this.#variables.complain);
    return this.#variables.element;
  }

  /** @param {Event} event */
  #onInput({ target }) {
    const name = target instanceof Element && target.closest("[data-field]");
    if (name instanceof HTMLElement) this.#complaints.get(name.dataset.field ?? "")?.("");
    this.#count();
    this.#changed();
  }

  #count() {
    const { facts, questions } = countKnowledge(this.#texts.knowledge.value);
    this.#knows.textContent = words.knows(facts, questions);
    const field = this.#intensity.closest("[data-field]");
    if (field instanceof HTMLElement) field.hidden = this.#emotion.value === "";
  }

  /** @param {{id: string, language: string}[]} voices that can be chosen */
  offer(voices) {
    this.#voices = voices;
    fillSelect(
      this.#voice,
      voices.map(({ id, language }) => [id, `${id}, ${languageName(language)}`]),
    );
    this.#offerLanguages();
  }

  /** A voice speaks its own language only. */
  #offerLanguages() {
    const spoken = this.#voices.find(({ id }) => id === this.#voice.value)?.language ?? "en";
    const plain = spoken.split("-")[0] ?? spoken;
    fillSelect(this.#language, [[plain, languageName(plain)]]);
  }

  /** @param {string} avatar */
  set avatar(avatar) {
    this.#avatar = avatar;
    this.#complaints.get("avatar")?.("");
  }

  get avatar() {
    return this.#avatar;
  }

  /** @param {(words: string) => void} complain shows what is wrong with the face */
  set faceComplaint(complain) {
    this.#complaints.set("avatar", complain);
  }

  /**
   * @param {Draft} draft
   * @param {boolean} mayChange
   */
  fill(draft, mayChange) {
    for (const [name, control] of Object.entries(this.#texts)) {
      control.value = draft[/** @type {Text} */ (name)];
      control.readOnly = !mayChange;
    }
    this.#questions.value = draft.questions.join("\n");
    this.#questions.readOnly = !mayChange;
    ensure(this.#voice, draft.voice);
    this.#offerLanguages();
    ensure(this.#language, draft.language);
    this.#emotion.value = draft.emotion ?? "";
    this.#intensity.value = String(draft.intensity ?? CALM);
    this.#avatar = draft.avatar;
    this.#variables.fill(draft.variables);
    this.#fieldset.dataset.locked = String(!mayChange);
    for (const control of [this.#voice, this.#language, this.#emotion, this.#intensity]) {
      control.disabled = !mayChange;
    }
    this.#variables.element.inert = !mayChange;
    this.clear();
    this.#count();
  }

  /** @returns {Draft} as it stands */
  read() {
    const texts = Object.fromEntries(
      Object.entries(this.#texts).map(([name, { value }]) => [name, value]),
    );
    const emotion = this.#emotion.value || null;
    return /** @type {Draft} */ ({
      ...texts,
      avatar: this.#avatar,
      voice: this.#voice.value,
      language: this.#language.value,
      emotion,
      intensity: emotion === null ? null : Number(this.#intensity.value),
      questions: questionsIn(this.#questions.value),
      variables: this.#variables.read(),
    });
  }

  /** What the form itself finds wrong with the variables; empty if nothing is. */
  get variablesTwice() {
    return this.#variables.twice ? words.twice : "";
  }

  /** Takes back what was said of the fields. */
  clear() {
    for (const complain of this.#complaints.values()) complain("");
  }

  /**
   * @param {Record<string, string | undefined>} faults by field
   * @returns {number} of fields that were told
   */
  complain(faults) {
    this.clear();
    let count = 0;
    for (const [name, complain] of this.#complaints) {
      const fault = faults[name];
      if (!fault) continue;
      complain(fault);
      count += 1;
    }
    const first = this.#fieldset.querySelector("[aria-invalid=true]");
    if (first instanceof HTMLElement) first.focus();
    return count;
  }
}

/**
 * @param {string} title
 * @param {string} name
 * @param {HTMLElement[]} fields
 */
function group(title, name, fields) {
  const element = create("fieldset", {
    className: "group",
    children: [create("legend", { text: title }), ...fields],
  });
  element.dataset.group = name;
  return element;
}

/**
 * Chooses a value, even one that is not offered any more.
 * @param {HTMLSelectElement} element
 * @param {string} value
 */
function ensure(element, value) {
  if (![...element.options].some((option) => option.value === value)) {
    element.append(new Option(value, value));
  }
  element.value = value;
}

/** @param {string} tag */
function languageName(tag) {
  try {
    return new Intl.DisplayNames([words.language], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
