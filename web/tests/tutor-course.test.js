/** The course of a lesson, step by step, with a tutor of paper and a clock that is turned by hand. */

import assert from "node:assert/strict";
import test from "node:test";

import { BREATH_MS, Course, QUIET_MS } from "../tutor/course.js";

const EXERCISE = {
  number: 1,
  kind: /** @type {const} */ ("text"),
  ask: "?",
  options: [],
  unit: "",
  tries: 2,
};

/**
 * @param {string} title
 * @param {import("../tutor/api.js").Exercise | null} exercise
 */
const step = (title, exercise) => ({
  title,
  lines: [
    { text: "Aa bb.", letters: 0 },
    { text: `${title}.`, letters: 4 },
  ],
  marks: [{ number: 1, letters: 2 }],
  letters: 4 + title.length,
  board: "",
  exercise,
});

const LESSON = {
  id: "paper",
  title: "Paper",
  subject: "",
  about: "",
  minutes: 1,
  language: "en",
  persona: "tutor",
  picture: null,
  steps: 3,
  exercises: 1,
  content: [step("First", null), step("Second", EXERCISE), step("Third", null)],
};
const PHRASES = {
  goOn: "Go on?",
  closing: (/** @type {number} */ right, /** @type {number} */ of) => `${right} of ${of}.`,
};
const RIGHT = {
  verdict: /** @type {const} */ ("right"),
  over: true,
  say: "Yes.",
  show: "",
  solution: "x",
};
const WRONG = {
  verdict: /** @type {const} */ ("wrong"),
  over: false,
  say: "Hint.",
  show: "",
  solution: null,
};

/** A course with all that was said, and what makes time pass. */
function make(progress = { step: 0, finished: false, results: {} }) {
  /** @type {string[]} */
  const said = [];
  /** @type {{ms: number, act: () => void}[]} */
  let timers = [];
  const tutor = {
    connected: true,
    hushed: 0,
    say: (/** @type {string} */ text) => (tutor.connected ? `r${said.push(text)}` : null),
    hush: () => void tutor.hushed++,
    after: (/** @type {number} */ ms, /** @type {() => void} */ act) => {
      const timer = { ms, act };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
  };
  const course = new Course(LESSON, progress, tutor, PHRASES);
  const of = () => ({ turn: said.length, request: `r${said.length}` });
  return {
    course,
    tutor,
    said,
    begins: () => course.transcript({ ...of(), final: false }),
    hears: () => course.transcript({ ...of(), final: true }),
    isCut: () => course.transcript({ ...of(), final: true, interrupted: true }),
    answers: (interrupted = false) => course.transcript({ turn: 99, final: true, interrupted }),
    says: (/** @type {string} */ text, /** @type {number} */ pts) =>
      course.caption({ turn: said.length, words: [{ text, pts }] }),
    passes: (/** @type {number} */ ms) => {
      const due = timers.filter((timer) => timer.ms <= ms);
      timers = timers.filter((timer) => timer.ms > ms);
      for (const { act } of due) act();
    },
  };
}

test("a lesson is told to its end, exercise included", () => {
  const paper = make();
  const { course, said } = paper;
  course.resume();
  assert.equal(course.state, "telling");
  paper.hears();
  assert.equal(course.state, "told");
  paper.passes(BREATH_MS);
  assert.equal(course.step.title, "Second");
  paper.hears();
  assert.equal(course.state, "exercise");
  course.judged(WRONG);
  assert.equal(course.state, "exercise");
  course.judged(RIGHT);
  assert.equal(course.state, "solved");
  assert.deepEqual(course.results, { 1: { right: true, tries: 2 } });
  paper.hears();
  assert.equal(course.state, "solved");
  course.next();
  paper.hears();
  paper.passes(BREATH_MS);
  assert.equal(course.state, "finished");
  assert.equal(course.finished, true);
  assert.deepEqual(said, [
    "Aa bb. First.",
    "Aa bb. Second.",
    "Hint.",
    "Yes.",
    "Aa bb. Third.",
    "1 of 1.",
  ]);
});

test("marks come with the words that are on the screen", () => {
  const paper = make();
  const { course } = paper;
  course.resume();
  paper.says("Aa", 10);
  course.frame(10);
  assert.equal(course.said, 0, "words of a turn that is not known to be hers");
  paper.begins();
  paper.says("Aa", 10);
  paper.says("bb.", 14);
  course.frame(13);
  assert.deepEqual(course.marks, []);
  course.frame(14);
  assert.deepEqual(course.marks, [1]);
});

test("a pause goes on with the sentence that was begun", () => {
  const paper = make();
  const { course, said, tutor } = paper;
  course.resume();
  paper.begins();
  paper.says("Aa", 1);
  paper.says("bb.", 2);
  paper.says("First.", 3);
  course.frame(2);
  course.pause();
  assert.equal(tutor.hushed, 1);
  paper.isCut();
  assert.equal(course.state, "paused", "her own pause is no question");
  course.resume();
  assert.equal(said.at(-1), "First.");
  assert.deepEqual(course.marks, [1], "what was written stays");
  course.repeat();
  assert.equal(said.at(-1), "Aa bb. First.");
  assert.deepEqual(course.marks, []);
});

test("a spoken question is answered, then she asks whether to go on", () => {
  const paper = make();
  const { course, said } = paper;
  course.resume();
  paper.begins();
  paper.isCut();
  assert.equal(course.state, "asked");
  paper.answers();
  assert.equal(course.state, "offering");
  assert.equal(said.at(-1), "Go on?");
  course.resume();
  assert.equal(said.at(-1), "Aa bb. First.");
});

test("a written question ends her sentence, which is no answer to it", () => {
  const paper = make();
  const { course } = paper;
  course.resume();
  paper.begins();
  course.ask();
  paper.isCut();
  paper.answers(true);
  assert.equal(course.state, "asked");
  paper.answers();
  assert.equal(course.state, "offering");
});

test("a noise that leads to no answer does not stop the lesson for ever", () => {
  const paper = make();
  const { course } = paper;
  course.resume();
  paper.isCut();
  course.conversing(true);
  course.conversing(false);
  paper.passes(QUIET_MS);
  assert.equal(course.state, "asked", "somebody speaks");
  course.conversing(true);
  paper.passes(QUIET_MS);
  assert.equal(course.state, "offering");
});

test("asked between two steps or at an exercise, she comes back to where she was", () => {
  const paper = make();
  const { course } = paper;
  course.resume();
  paper.hears();
  course.ask();
  paper.passes(BREATH_MS);
  assert.equal(course.step.title, "First", "the next step waits");
  paper.answers();
  course.resume();
  assert.equal(course.step.title, "Second");
  paper.hears();
  course.ask();
  paper.answers();
  const { hushed } = paper.tutor;
  course.resume();
  assert.equal(course.state, "exercise");
  assert.equal(paper.tutor.hushed, hushed + 1, "whether to go on is asked no more");
  paper.isCut();
  assert.equal(course.state, "exercise");
  assert.equal(course.answerable, true);
});

test("answers that are none cost no try", () => {
  const paper = make({ step: 1, finished: false, results: {} });
  const { course } = paper;
  course.resume();
  paper.hears();
  course.judged({ ...WRONG, verdict: "unclear" });
  course.judged({ ...WRONG, verdict: "unit" });
  assert.deepEqual(course.tries, { 1: 0 });
  course.judged({ ...WRONG, over: true });
  assert.deepEqual(course.results, { 1: { right: false, tries: 1 } });
  assert.equal(course.open, false);
});

test("a lost connection stops the telling, and its return goes on with it", () => {
  const paper = make();
  const { course, said, tutor } = paper;
  course.resume();
  paper.begins();
  tutor.connected = false;
  course.disconnected();
  course.disconnected();
  assert.equal(course.state, "paused");
  course.resume();
  assert.equal(course.state, "paused", "nobody is there to tell it");
  tutor.connected = true;
  course.connected();
  assert.equal(course.state, "telling");
  assert.equal(said.length, 2);
  course.pause();
  course.disconnected();
  course.connected();
  assert.equal(course.state, "paused", "what the learner paused stays paused");
});

test("another pace begins the sentence anew, and only while she speaks", () => {
  const paper = make();
  const { course, said } = paper;
  course.restate();
  assert.deepEqual(said, []);
  course.resume();
  course.restate();
  assert.deepEqual(said, ["Aa bb. First.", "Aa bb. First."]);
  paper.hears();
  assert.equal(course.state, "told");
});

test("going back and forth knows its ends", () => {
  const { course } = make({ step: 2, finished: false, results: {} });
  course.next();
  assert.equal(course.state, "finished");
  course.goTo(0);
  course.back();
  assert.equal(course.index, 0);
  assert.equal(course.state, "telling");
});
