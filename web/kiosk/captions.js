/**
 * What is said, in large type: the visitor's words as they are understood, the avatar's as they
 * are said, and its whole answer until the next one. Imports the caption track and dom.
 */

import { CaptionTrack } from "../talk/caption-track.js";
import { create, find } from "../talk/dom.js";

/** @typedef {import("../sdk/client.js").Session} Session */

/** From this many characters on, an answer is set smaller. */
const LONG = 110;
/** Answers kept for those who listen to the page. */
const LOGGED = 6;

/** The words on the screen. */
export class Captions {
  #own = find("own", HTMLElement);
  #said = find("captions", HTMLElement);
  #log = find("log", HTMLElement);
  #track = new CaptionTrack();
  #pts = 0;
  /** What is on the screen, so that nothing is built twice. */
  #key = "";
  #answer = "";

  /** @param {Session} session */
  constructor(session) {
    session.on("caption", ({ turn, words }) => this.#track.add(turn, words));
    session.on("user_transcript", ({ text, final }) => this.#hear(text, final));
    session.on("agent_transcript", ({ turn, text, final, interrupted }) => {
      if (interrupted) this.#track.cut(turn, this.#pts);
      if (final) this.#keep(text);
    });
    session.on("frame", ({ pts }) => {
      this.#pts = pts ?? Infinity;
      this.#follow();
    });
    session.on("connection", () => this.#track.clear());
  }

  /** Shows what the visitor touched or typed. @param {string} text */
  ask(text) {
    this.#hear(text, true);
  }

  /** Forgets all that was said. */
  wipe() {
    this.#track.clear();
    this.#answer = "";
    this.#own.textContent = "";
    this.#log.replaceChildren();
    this.#show("", []);
  }

  /**
   * @param {string} text
   * @param {boolean} final
   */
  #hear(text, final) {
    this.#own.textContent = text;
    if (!final || text === "") return;
    this.#answer = "";
    this.#note(text);
    this.#follow();
  }

  /** @param {string} answer */
  #keep(answer) {
    this.#answer = answer;
    if (answer !== "") this.#note(answer);
    this.#follow();
  }

  /** @param {string} text */
  #note(text) {
    this.#log.append(create("p", { text }));
    while (this.#log.childElementCount > LOGGED) this.#log.firstElementChild?.remove();
  }

  #follow() {
    const line = this.#track.at(this.#pts);
    if (line === null) {
      this.#show(`whole ${this.#answer}`, this.#answer ? [this.#answer] : []);
      this.#said.classList.toggle("long", this.#answer.length > LONG);
      return;
    }
    const said = line.words.slice(0, line.spoken).join(" ");
    const coming = line.words.slice(line.spoken).join(" ");
    this.#show(`said ${said} ${line.spoken}`, [
      create("span", { className: "said", text: said }),
      create("span", { className: "coming", text: coming && ` ${coming}` }),
    ]);
    this.#said.classList.remove("long");
  }

  /**
   * @param {string} key
   * @param {(Node | string)[]} children
   */
  #show(key, children) {
    if (key === this.#key) return;
    this.#key = key;
    this.#said.replaceChildren(...children);
  }
}
