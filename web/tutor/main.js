/**
 * The tutor page: joins the list of lessons, the course of one, and the session in which the
 * tutor speaks. Imports everything else here.
 */

import { listPersonas } from "../sdk/api.js";
import { asSessionError } from "../sdk/errors.js";
import { steadied } from "../sdk/media-clock.js";
import { Session } from "../sdk/session.js";
import { find, on } from "../talk/dom.js";
import { problemWords } from "../talk/strings.js";
import { loadLesson, sendAnswer } from "./api.js";
import { Bar, SPEEDS } from "./bar.js";
import { Board } from "./board.js";
import { commandIn } from "./commands.js";
import { Course } from "./course.js";
import { ExerciseForm } from "./exercise.js";
import { showFinish } from "./finish.js";
import { showLessons } from "./lesson-list.js";
import { Memory } from "./progress.js";
import { play, showPoster, showStage } from "./stage.js";
import { wordsFor } from "./strings.js";
import { translateDocument, words } from "./words.js";

/** @typedef {import("./api.js").Lesson} Lesson */

/** A greeting that was not heard by then is waited for no longer. */
const GREETING_MS = 8_000;

translateDocument();
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const session = new Session({ token });
const memory = new Memory(storage());
let speed = memory.speed(SPEEDS);
/** @type {Lesson | null} */
let lesson = null;
/** @type {Course | null} */
let course = null;
/** Id of the session whose greeting is over. */
let greeted = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let greeting;

const board = new Board(find("board", HTMLElement));
const form = new ExerciseForm((exercise, answer) => void judge(exercise, answer, false));
const bar = new Bar(() => course, speed, setSpeed);
const steady = steadied(session);
showStage(session, steady, { ask, again: () => start(session.microphone.state === "on") });
followSession();
wireButtons();
addEventListener("popstate", () => void route());
void route();

// ---------------------------------------------------------------- which view

/** Shows what the address says: a lesson, or the list. */
async function route() {
  const id = new URLSearchParams(location.search).get("lesson");
  close();
  if (id === null) {
    await openList("");
    return;
  }
  try {
    await openLesson(id);
  } catch (error) {
    const { code } = asSessionError(error);
    await openList(code === "not_found" ? words.lessonMissing : problemWords(code).text);
  }
}

/** @param {string | null} id of a lesson; null for the list */
function go(id) {
  const url = new URL(location.href);
  if (id === null) url.searchParams.delete("lesson");
  else url.searchParams.set("lesson", id);
  history.pushState(null, "", url);
  void route();
}

/** Ends the lesson that is shown. */
function close() {
  course?.pause();
  course = null;
  lesson = null;
  session.close();
}

/** @param {string} problem shown above the list */
async function openList(problem) {
  document.title = words.title;
  document.body.dataset.view = "list";
  find("list-problem", HTMLElement).textContent = problem;
  try {
    await showLessons(find("lessons", HTMLElement), memory, go);
  } catch (error) {
    const words_ = problemWords(asSessionError(error).code);
    find("list-problem", HTMLElement).textContent = `${words_.title}. ${words_.text}`;
  }
}

/** @param {string} id */
async function openLesson(id) {
  const loaded = await loadLesson(id);
  lesson = loaded;
  document.title = words.titleOf(loaded.title);
  document.body.dataset.view = "lesson";
  find("lesson-title", HTMLElement).textContent = loaded.title;
  find("start-title", HTMLElement).textContent = loaded.title;
  find("start-about", HTMLElement).textContent = loaded.about;
  find("board-card", HTMLElement).lang = loaded.language;
  session.persona = loaded.persona;
  newCourse(loaded, false);
  find("start", HTMLButtonElement).focus({ preventScroll: true });
  const people = await listPersonas("").catch(() => []);
  showPoster(people.find(({ id: persona }) => persona === loaded.persona));
}

/**
 * @param {Lesson} of
 * @param {boolean} anew whether to forget how far the learner came
 */
function newCourse(of, anew) {
  const kept = memory.load(of.id, of.content.length);
  const progress = anew || kept.finished ? { ...kept, step: 0, results: {} } : kept;
  const { phrases } = wordsFor(of.language);
  const tutor = {
    say: (/** @type {string} */ text) => session.speak(text),
    hush: () => void session.interrupt(),
    after: (/** @type {number} */ ms, /** @type {() => void} */ act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  };
  const made = new Course(of, progress, tutor, phrases);
  made.addEventListener("change", () => draw(made, of));
  course = made;
  draw(made, of);
}

// ---------------------------------------------------------------- what is shown

/**
 * @param {Course} shown
 * @param {Lesson} of
 */
function draw(shown, of) {
  if (shown !== course) return;
  const { step, state, index, tries } = shown;
  const count = of.content.length;
  document.body.dataset.course = state;
  find("step-count", HTMLElement).textContent = words.step(index + 1, count);
  find("step-title", HTMLElement).textContent = step.title;
  const announced = state === "ready" ? "" : words.announce(index + 1, count, step.title);
  const live = find("announce", HTMLElement);
  if (live.textContent !== announced) live.textContent = announced;
  board.show(step, shown.marks);
  const asks = state !== "finished" && shown.said >= step.letters ? step.exercise : null;
  form.show(asks, tries[asks?.number ?? 0] ?? 0, !shown.open);
  find("prompt-text", HTMLElement).textContent = words.states[state];
  const goOn = find("go-on", HTMLButtonElement);
  goOn.hidden = !["paused", "offering", "solved"].includes(state);
  find("prompt", HTMLElement).hidden = words.states[state] === "" && goOn.hidden;
  find("start-panel", HTMLElement).hidden = state !== "ready";
  find("finish", HTMLElement).hidden = state !== "finished";
  if (state === "finished") showFinish(shown, of);
  bar.draw(shown, of);
  if (state !== "ready") memory.save(of.id, shown.progress);
  keepFocus(state);
}

/**
 * Where the button that had the focus has gone, the focus moves to what comes next.
 * @param {import("./course.js").CourseState} state
 */
function keepFocus(state) {
  const { activeElement, body } = document;
  if (
    activeElement &&
    activeElement !== body &&
    activeElement.checkVisibility() &&
    !activeElement.matches(":disabled")
  ) {
    return;
  }
  const next = state === "finished" ? "again" : state === "solved" ? "go-on" : "play";
  if (state !== "ready") find(next, HTMLButtonElement).focus({ preventScroll: true });
}

// ---------------------------------------------------------------- what the learner does

/** @param {boolean} microphone whether to ask for it */
function start(microphone) {
  session.start({ microphone }).catch((error) => {
    console.info(`session not started: ${asSessionError(error).code}`);
  });
  play();
}

function wireButtons() {
  /** @type {[string, () => void][]} */
  const buttons = [
    ["start", () => start(true)],
    ["start-typing", () => start(false)],
    ["all-lessons", () => go(null)],
    ["other-lessons", () => go(null)],
    ["go-on", () => (course?.state === "solved" ? course.next() : course?.resume())],
    [
      "again",
      () => {
        if (lesson === null) return;
        newCourse(lesson, true);
        course?.resume();
      },
    ],
  ];
  for (const [id, act] of buttons) find(id, HTMLButtonElement).addEventListener("click", act);
}

/** @param {string} text */
function ask(text) {
  course?.ask();
  session.sendText(text);
}

/** @param {number} chosen */
function setSpeed(chosen) {
  speed = chosen;
  memory.keepSpeed(speed);
  session.setSpeed(speed);
  course?.restate();
}

/**
 * @param {import("./api.js").Exercise} exercise
 * @param {string} answer
 * @param {boolean} spoken whether it may as well have been a question
 */
async function judge(exercise, answer, spoken) {
  if (lesson === null || course === null) return;
  const judged = course;
  form.wait(true);
  try {
    const attempt = (judged.tries[exercise.number] ?? 0) + 1;
    const judgement = await sendAnswer(lesson.id, exercise.number, answer, attempt);
    if (judged !== course || judged.step.exercise !== exercise || !judged.open) return;
    const { verdict } = judgement;
    const guess = exercise.kind === "text" && verdict === "wrong";
    if (spoken && (guess || verdict === "unclear")) return;
    judged.judged(judgement);
    form.judge(judgement);
  } catch (error) {
    console.info(`answer not judged: ${asSessionError(error).code}`);
    form.fail();
  } finally {
    form.wait(false);
  }
}

// ---------------------------------------------------------------- what the session tells

function followSession() {
  on(session, "hello", ({ session: id, greeting: text }) => {
    if (text === "") greeted = id;
    else if (greeted !== id) greeting = setTimeout(() => begin(id), GREETING_MS);
  });
  on(session, "agent_transcript", (event) => {
    if (event.turn === 0 && event.final) begin();
    course?.transcript(event);
  });
  on(session, "caption", (event) => course?.caption(event));
  on(session, "user_transcript", heard);
  steady.addEventListener("frame", (event) => {
    const { pts } = /** @type {CustomEvent<{pts: number | null}>} */ (event).detail;
    course?.frame(pts ?? Infinity);
  });
  session.addEventListener("conversation", () => {
    course?.conversing(session.conversation.state === "idle");
  });
  let id = "";
  on(session, "hello", (hello) => (id = hello.session));
  session.addEventListener("connection", () => {
    if (session.connection.state !== "connected") {
      clearTimeout(greeting);
      course?.disconnected();
      return;
    }
    if (speed !== 1) session.setSpeed(speed);
    if (greeted === id) begin(id);
  });
}

/** @param {string} [id] of the session whose greeting is over */
function begin(id) {
  clearTimeout(greeting);
  if (id !== undefined) greeted = id;
  if (course === null || session.connection.state !== "connected") return;
  if (course.state === "ready") course.resume();
  else course.connected();
}

/** @param {{text: string, final: boolean, request?: string | null}} event what somebody said */
function heard({ text, final, request }) {
  if (request || text === "" || lesson === null || course === null) return;
  const { state, step } = course;
  if (state === "ready" || state === "finished") return;
  if (!final) {
    if (state === "told") course.ask();
    return;
  }
  const command = commandIn(text, wordsFor(lesson.language).commands);
  if (command === "goOn") course.resume();
  else if (command !== null) course[command]();
  else {
    const answers = course.answerable;
    if (state !== "telling") course.ask();
    if (answers && step.exercise) void judge(step.exercise, text, true);
  }
}

/** @returns {Storage | null} null where the browser keeps nothing */
function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
