/**
 * The kiosk's document: what is where, in which words. Decides nothing.
 * Imports dom and strings.
 */

import { create, find } from "../talk/dom.js";
import { languages, wordsFor } from "./strings.js";

/** @typedef {import("./strings.js").Words} Words */
/** @typedef {import("./visit.js").Phase} Phase */
/** @typedef {import("./watchdog.js").Trouble} Trouble */

/** What was just touched away must not be touched again in its place. */
const SETTLE_MS = 500;

/** The document's parts. */
export class View {
  parts = {
    begin: find("begin", HTMLButtonElement),
    speak: find("speak", HTMLButtonElement),
    touchOnly: find("touch-only", HTMLButtonElement),
    microphone: find("microphone", HTMLButtonElement),
    interrupt: find("interrupt", HTMLButtonElement),
    write: find("write", HTMLButtonElement),
    over: find("over", HTMLButtonElement),
    sound: find("sound", HTMLButtonElement),
    typing: find("typing", HTMLFormElement),
    message: find("message", HTMLInputElement),
    stay: find("stay", HTMLButtonElement),
    leave: find("leave", HTMLButtonElement),
    leaving: find("leaving", HTMLDialogElement),
    prompts: find("prompts", HTMLElement),
    languages: find("languages", HTMLElement),
  };
  #talk = find("talk", HTMLElement);
  #person = "";
  /** @type {Words} */
  words = wordsFor("en");
  #language = "en";
  /** The language the avatar speaks. */
  #spoken = "en";
  #voice = true;

  /** @param {{voice: boolean, camera: boolean, consent: "ask" | "notice"}} wishes */
  constructor({ voice, camera, consent }) {
    this.#voice = voice;
    find("setup-voice", HTMLElement).hidden = !voice;
    find("setup-camera", HTMLElement).hidden = !camera;
    find("setup-nothing-sent", HTMLElement).hidden = consent === "notice";
    find("setup-notice", HTMLElement).hidden = consent !== "notice";
    find("noticing", HTMLElement).hidden = (!voice && !camera) || consent === "notice";
    document.body.dataset.consent = consent;
  }

  /** Puts the words of a language into the document. @param {string} language */
  translate(language) {
    const words = wordsFor(language);
    this.words = words;
    this.#language = languages.includes(language) ? language : "en";
    document.documentElement.lang = this.#language;
    const texts = /** @type {Record<string, unknown>} */ (words);
    for (const [attribute, put] of Object.entries(PUT)) {
      for (const element of document.querySelectorAll(`[data-${attribute}]`)) {
        put(element, String(texts[element.getAttribute(`data-${attribute}`) ?? ""] ?? ""));
      }
    }
    find("invitation-text", HTMLElement).textContent = this.#voice
      ? words.invitationVoice
      : words.invitation;
    const consent = document.body.dataset.consent === "notice";
    find("consent-text", HTMLElement).textContent = consent ? words.consentNotice : words.consent;
    for (const button of this.parts.languages.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === this.#language));
    }
    this.#name();
  }

  /** @param {string[]} choices @param {(language: string) => void} choose */
  offerLanguages(choices, choose) {
    const buttons = choices.map((language) => {
      const button = create("button", { text: wordsFor(language).name });
      button.type = "button";
      button.value = language;
      button.lang = language;
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        choose(language);
      });
      return button;
    });
    this.parts.languages.replaceChildren(...buttons);
    this.parts.languages.hidden = choices.length < 2;
  }

  /** @param {{name: string, language?: string, disclosure?: string}} person */
  meet({ name, language = this.#spoken, disclosure = "" }) {
    this.#person = name;
    this.#spoken = language.toLowerCase().split("-")[0] ?? "en";
    find("name", HTMLElement).textContent = name;
    // the server's own sentence, where it is in the language of the page
    const own = this.#spoken === this.#language && disclosure;
    find("disclosure", HTMLElement).textContent = own || this.words.disclosure;
    this.#name();
  }

  /** @param {Phase} phase */
  phase(phase) {
    const { dataset } = document.body;
    const before = dataset.phase;
    if (phase === before) return;
    dataset.phase = phase;
    if (phase === "leaving") this.parts.leaving.showModal();
    else this.parts.leaving.close();
    if (phase === "greeting" && before === "attract") this.#settle();
    const { activeElement, body } = document;
    if (activeElement === body || activeElement?.checkVisibility()) return;
    const next = { attract: "begin", greeting: "speak", conversation: "microphone" };
    const id = next[/** @type {keyof typeof next} */ (phase)];
    if (id) find(id, HTMLButtonElement).focus({ preventScroll: true });
  }

  /** @param {number} seconds until the conversation ends */
  countDown(seconds) {
    const text = this.words.endsIn(seconds);
    const element = find("ends-in", HTMLElement);
    if (element.textContent !== text) element.textContent = text;
  }

  /** @param {Trouble} trouble */
  trouble(trouble) {
    const { title, text } = this.words.troubles[trouble];
    document.body.dataset.trouble = trouble;
    setText("offline-title", title);
    setText("offline-text", text);
  }

  /** @param {string} question an example beneath the invitation */
  example(question) {
    setText("example", this.words.example(question));
  }

  /** @param {string[]} questions @param {(question: string) => void} ask */
  prompt(questions, ask) {
    const buttons = questions.map((question) => {
      const button = create("button", { className: "prompt", text: question });
      button.type = "button";
      button.lang = this.#spoken;
      button.addEventListener("click", () => ask(question));
      return button;
    });
    this.parts.prompts.replaceChildren(...buttons);
  }

  /**
   * @param {{conversation: "idle" | "listening" | "thinking" | "speaking",
   *   microphone: keyof Words["microphone"]}} states
   */
  follow({ conversation, microphone }) {
    const { dataset } = document.body;
    dataset.conversation = conversation;
    dataset.microphone = microphone;
    setText("state", this.words.states[conversation]);
    setText("microphone-text", this.words.microphone[microphone]);
    const on = microphone === "on";
    const { microphone: button, interrupt } = this.parts;
    button.setAttribute("aria-pressed", String(on));
    button.title = on ? this.words.stopListening : this.words.microphone[microphone];
    interrupt.disabled = conversation !== "speaking" && conversation !== "thinking";
  }

  /** @param {number} level loudness of the visitor, 0 to 1 */
  hear(level) {
    this.parts.microphone.style.setProperty("--level", level.toFixed(1));
  }

  showTyping() {
    const { typing, message, write } = this.parts;
    typing.hidden = false;
    write.setAttribute("aria-expanded", "true");
    message.focus();
  }

  hideTyping() {
    const { typing, message, write } = this.parts;
    typing.hidden = true;
    message.value = "";
    write.setAttribute("aria-expanded", "false");
  }

  #name() {
    const { words } = this;
    setText("invitation-title", this.#person ? words.hello(this.#person) : words.product);
    setText("speak-text", words.speak(this.#person));
    const differs = this.#spoken !== this.#language && this.#person !== "";
    const spoken = new Intl.DisplayNames([this.#language], { type: "language" });
    setText(
      "other-language",
      differs ? words.otherLanguage(this.#person, spoken.of(this.#spoken) ?? "") : "",
    );
  }

  #settle() {
    this.#talk.inert = true;
    setTimeout(() => {
      this.#talk.inert = false;
    }, SETTLE_MS);
  }
}

/** @type {Record<string, (element: Element, text: string) => void>} */
const PUT = {
  text: (element, text) => {
    element.textContent = text;
  },
  label: (element, text) => element.setAttribute("aria-label", text),
  placeholder: (element, text) => element.setAttribute("placeholder", text),
};

/**
 * @param {string} id
 * @param {string} text
 */
function setText(id, text) {
  const element = find(id, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
}
