/**
 * The course of a lesson: what is said when, and what the learner's wishes do to it. Knows no
 * page: it is told what is heard and shown, and says through what it is given. Imports letters.
 */

import { lineAt, Narration, reached } from "./letters.js";

/** @typedef {import("./api.js").Lesson} Lesson */
/** @typedef {import("./api.js").Judgement} Judgement */
/** @typedef {import("./progress.js").Progress} Progress */

/**
 * - `ready`: not begun; `telling`: the step is told; `paused`: it waits to go on;
 * - `asked`: the learner said something and is answered; `offering`: answered, shall we go on;
 * - `told`: the step is over, the next one begins by itself;
 * - `exercise`: an answer is awaited; `solved`: the exercise is over, the learner goes on;
 * - `finished`: the lesson is over.
 * @typedef {"ready" | "telling" | "paused" | "asked" | "offering" | "told" | "exercise" | "solved"
 *   | "finished"} CourseState
 */

/**
 * What the course acts through.
 * @typedef {object} Tutor
 * @property {(text: string) => string | null} say returns the id that what follows of it carries
 * @property {() => void} hush
 * @property {(ms: number, act: () => void) => () => void} after returns what calls it off
 */

/**
 * Phrases of the course itself.
 * @typedef {object} Phrases
 * @property {string} goOn said after an answer
 * @property {(right: number, of: number) => string} closing said at the end
 */

/**
 * Something that is being said.
 * @typedef {object} Speech
 * @property {string} request
 * @property {"step" | "remark"} kind
 * @property {number | null} turn once it is known
 * @property {Narration | null} narration of a step
 */

/** From the end of a step to the next one. */
export const BREATH_MS = 1_600;
/** How long nobody says anything until a question counts as answered. */
export const QUIET_MS = 5_000;

/** Fires `change` after anything that shows. */
export class Course extends EventTarget {
  /** @type {CourseState} */
  state = "ready";
  index;
  /** Letters of the step that were said. */
  said = 0;
  /** @type {Record<number, import("./progress.js").Result>} */
  results;
  /** @type {Record<number, number>} wrong answers to exercises that are not over */
  tries = {};
  finished;
  #lesson;
  #tutor;
  #phrases;
  /** @type {Speech | null} */
  #speech = null;
  /** @type {Set<string>} ids of what the course had said, past ones too */
  #own = new Set();
  #callOff = () => {};
  /** Whether it was being told when the connection went. */
  #dropped = false;

  /**
   * @param {Lesson} lesson
   * @param {Progress} progress
   * @param {Tutor} tutor
   * @param {Phrases} phrases
   */
  constructor(lesson, progress, tutor, phrases) {
    super();
    this.#lesson = lesson;
    this.#tutor = tutor;
    this.#phrases = phrases;
    this.index = progress.step;
    this.results = { ...progress.results };
    this.finished = progress.finished;
  }

  /** @returns {import("./api.js").Step} */
  get step() {
    return /** @type {import("./api.js").Step} */ (this.#lesson.content[this.index]);
  }

  /** Numbers of the marks that were reached. */
  get marks() {
    return reached(this.step, this.said);
  }

  /** @returns {Progress} */
  get progress() {
    return { step: this.index, finished: this.finished, results: this.results };
  }

  /** Whether what the learner says may be an answer. */
  get answerable() {
    const waits = this.state === "exercise" || this.state === "asked" || this.state === "offering";
    return waits && this.open && this.said >= this.step.letters;
  }

  /** Whether the exercise of this step, if there is one, is still open. */
  get open() {
    const { exercise } = this.step;
    return exercise !== null && !(exercise.number in this.results);
  }

  // ---------------------------------------------------------------- the learner's wishes

  /** Begins, or goes on where it stopped. */
  resume() {
    if (this.#speech !== null) this.#silence();
    const line = lineAt(this.step, this.said);
    if (line < this.step.lines.length) this.#tell(line);
    else if (this.step.exercise) this.#become(this.open ? "exercise" : "solved");
    else this.next();
  }

  pause() {
    if (this.state === "finished" || this.state === "ready") return;
    this.#silence();
    this.#dropped = false;
    this.#become("paused");
  }

  next() {
    if (this.index + 1 < this.#lesson.content.length) this.goTo(this.index + 1);
    else this.#finish();
  }

  back() {
    this.goTo(Math.max(0, this.index - 1));
  }

  repeat() {
    this.goTo(this.index);
  }

  /** @param {number} index of a step, told from its beginning */
  goTo(index) {
    this.index = index;
    this.said = 0;
    this.#tell(0);
  }

  /** The same sentence once more, in another voice or at another pace. */
  restate() {
    if (this.state === "telling") this.#tell(lineAt(this.step, this.said));
  }

  /** The learner asked something; whoever is asked falls silent by itself. */
  ask() {
    if (this.state === "finished") return;
    this.#drop();
    this.#become("asked");
  }

  /**
   * An answer to the exercise of this step was judged.
   * @param {Judgement} judgement
   */
  judged({ verdict, over, say }) {
    const number = this.step.exercise?.number ?? 0;
    const tries = (this.tries[number] ?? 0) + (verdict === "right" || verdict === "wrong" ? 1 : 0);
    this.tries[number] = tries;
    if (over) this.results[number] = { right: verdict === "right", tries };
    this.said = this.step.letters;
    this.#remark(say);
    this.#become(over ? "solved" : "exercise");
  }

  // ---------------------------------------------------------------- what is heard and shown

  /**
   * @param {{turn: number, request?: string | null, final: boolean, interrupted?: boolean | null}}
   *   transcript of something the avatar says
   */
  transcript({ turn, request, final, interrupted }) {
    const speech = this.#speech;
    if (speech !== null && request === speech.request) {
      speech.turn = turn;
      if (!final) return;
      this.#speech = null;
      if (interrupted) this.#cut();
      else this.#over(speech);
    } else if (final && !interrupted && this.state === "asked" && !this.#own.has(request ?? "")) {
      this.#answered();
    }
  }

  /** @param {{turn: number, words: readonly {text: string, pts: number}[]}} caption */
  caption({ turn, words }) {
    if (this.#speech?.turn === turn) this.#speech.narration?.add(words);
  }

  /** @param {number} pts the frame on the screen */
  frame(pts) {
    const said = this.#speech?.narration?.saidAt(pts) ?? 0;
    if (said <= this.said) return;
    const before = this.marks.length;
    this.said = said;
    if (this.marks.length !== before) this.#changed();
  }

  /**
   * Whether anybody says anything: after a question that leads to no answer, it goes on.
   * @param {boolean} quiet
   */
  conversing(quiet) {
    if (this.state !== "asked") return;
    this.#callOff();
    if (quiet) this.#callOff = this.#tutor.after(QUIET_MS, () => this.#become("offering"));
  }

  /** The connection is lost, or was ended. */
  disconnected() {
    if (this.state === "ready" || this.state === "finished") return;
    if (this.state === "telling" || this.state === "told") this.#dropped = true;
    this.#drop();
    if (this.state !== "exercise" && this.state !== "solved") this.#become("paused");
  }

  /** It is back. */
  connected() {
    if (this.#dropped) this.resume();
    this.#dropped = false;
  }

  // ---------------------------------------------------------------- inside

  /** @param {number} line */
  #tell(line) {
    this.#callOff();
    const narration = new Narration(this.step, line);
    this.#say(narration.text, "step", narration);
    this.#become(this.#speech === null ? "paused" : "telling");
  }

  /** @param {string} text */
  #remark(text) {
    this.#callOff();
    this.#say(text, "remark", null);
  }

  /**
   * @param {string} text
   * @param {Speech["kind"]} kind
   * @param {Narration | null} narration
   */
  #say(text, kind, narration) {
    const request = this.#tutor.say(text);
    if (request !== null) this.#own.add(request);
    this.#speech = request === null ? null : { request, kind, turn: null, narration };
  }

  /** Stops speaking, and listening to what was said. */
  #silence() {
    if (this.#speech !== null || this.state === "asked") this.#tutor.hush();
    this.#drop();
  }

  #drop() {
    this.#callOff();
    this.#speech = null;
  }

  /** Somebody spoke up while the tutor did. */
  #cut() {
    if (this.state !== "finished") this.#become("asked");
  }

  /** @param {Speech} speech that was heard to its end */
  #over({ kind }) {
    if (kind !== "step") return;
    this.said = this.step.letters;
    if (this.step.exercise) {
      this.#become(this.open ? "exercise" : "solved");
    } else {
      this.#become("told");
      this.#callOff = this.#tutor.after(BREATH_MS, () => this.next());
    }
  }

  #answered() {
    this.#remark(this.#phrases.goOn);
    this.#become("offering");
  }

  #finish() {
    this.#drop();
    this.finished = true;
    const right = Object.values(this.results).filter((result) => result.right).length;
    this.#remark(this.#phrases.closing(right, this.#lesson.exercises));
    this.said = this.step.letters;
    this.#become("finished");
  }

  /** @param {CourseState} state */
  #become(state) {
    this.state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
