/**
 * Every word the tutor page shows or has said, by language. Imports nothing.
 */

const english = {
  language: "en",
  /** Texts and labels the document asks for with `data-text`, `data-label`, `data-placeholder`. */
  document: /** @type {Record<string, string>} */ ({
    aboutStart:
      "Your tutor speaks and writes on the board. Ask whatever you like at any time, by voice or " +
      "in writing: the lesson waits.",
    again: "Start over",
    allLessons: "All lessons",
    ask: "Ask a question",
    back: "Previous step",
    badge: "AI-generated person",
    bar: "Steps of the lesson",
    board: "Whiteboard",
    check: "Check",
    controls: "Controls of the lesson",
    disclosure: "You are taught by an AI. The face and the voice are generated.",
    finishTitle: "Lesson complete",
    goOn: "Go on",
    listText: "Short lessons by a tutor who talks with you.",
    listTitle: "What would you like to learn?",
    next: "Next step",
    otherLessons: "Other lessons",
    privacy:
      "The sound of your microphone goes to this server, is understood there and is not kept. " +
      "Your progress stays in this browser.",
    repeat: "Repeat this step",
    send: "Ask",
    sound: "Turn on the sound",
    speed: "Speed",
    start: "Start with the microphone",
    startTyping: "Start without it",
    steps: "Go to a step",
    tutor: "Your tutor",
    video: "Face and voice of the AI-generated tutor",
  }),
  title: "Lessons – Visavis",
  /** @param {string} lesson */
  titleOf: (lesson) => `${lesson} – Visavis`,
  /**
   * @param {number} minutes
   * @param {number} exercises
   */
  facts: (minutes, exercises) => `${minutes} minutes · ${exercises} exercises`,
  /**
   * @param {number} step from 1
   * @param {number} of
   */
  cardProgress: (step, of) => `Go on with step ${step} of ${of}`,
  cardDone: "Finished",
  noLessons: "There are no lessons on this server.",
  /**
   * @param {number} step from 1
   * @param {number} of
   */
  step: (step, of) => `Step ${step} of ${of}`,
  /**
   * @param {number} step from 1
   * @param {number} of
   * @param {string} title
   */
  announce: (step, of, title) => `Step ${step} of ${of}: ${title}`,
  pause: "Pause",
  play: "Go on",
  /** @param {number} speed */
  speed: (speed) => `${speed}×`,
  states: {
    ready: "",
    telling: "",
    paused: "Paused",
    asked: "Your question",
    offering: "Shall we go on?",
    told: "",
    exercise: "",
    solved: "",
    finished: "",
  },
  conversation: {
    idle: "Ready",
    listening: "Listening",
    thinking: "Thinking",
    speaking: "Speaking",
  },
  connecting: "Connecting",
  reconnecting: "The connection was interrupted. Trying again.",
  tryAgain: "Try again",
  microphone: {
    off: "Turn on the microphone",
    asking: "Waiting for permission to use the microphone",
    on: "Mute the microphone",
    muted: "Unmute the microphone",
    refused: "Microphone blocked; ask again",
    missing: "No microphone; look again",
  },
  microphoneHints: /** @type {Record<string, string>} */ ({
    asking: "Please allow the microphone, or type your questions.",
    refused: "The microphone is blocked. You can type your questions.",
    missing: "No microphone was found. You can type your questions.",
  }),
  yourAnswer: "Your answer",
  /** @param {string} unit */
  numberIn: (unit) => `A number with its unit, as in “3 ${unit}”`,
  /** @param {number} left */
  triesLeft: (left) => (left === 1 ? "Your last try" : `${left} tries left`),
  verdicts: {
    right: "Right",
    wrong: "Not yet",
    unit: "Mind the unit",
    unclear: "Please try once more",
  },
  solution: "Solution",
  noAnswerGiven: "Please give an answer first.",
  answerNotSent: "Your answer did not get through. Please try again.",
  /**
   * @param {number} right
   * @param {number} of
   */
  score: (right, of) => `${right} of ${of} answered right`,
  /** @param {number} atOnce */
  atOnce: (atOnce) => (atOnce === 0 ? "" : `${atOnce} of them at the first try.`),
  /** @param {{right: boolean, tries: number} | undefined} result */
  result: (result) =>
    result === undefined
      ? "skipped"
      : !result.right
        ? "solution shown"
        : result.tries === 1
          ? "right at once"
          : `right at try ${result.tries}`,
  lessonMissing: "This lesson does not exist.",
  /** What the tutor says by herself; tags move her face. */
  phrases: {
    goOn: "[brows] Shall we go on?",
    /**
     * @param {number} right
     * @param {number} of
     */
    closing: (right, of) =>
      right === of
        ? "[happy:0.8] That was the last step, and you answered every question right. Wonderful!"
        : `[happy:0.6] That was the last step. You answered ${right} of ${of} questions. ` +
          "Come back for the others whenever you like.",
  },
  /** What a learner may say instead of pressing a button. */
  commands: {
    goOn: [
      "yes",
      "yes please",
      "yeah",
      "sure",
      "ok",
      "okay",
      "go on",
      "lets go on",
      "continue",
      "please continue",
      "go ahead",
    ],
    next: ["next", "next step", "skip", "skip this"],
    back: ["back", "go back", "previous step"],
    repeat: ["repeat", "repeat that", "again", "once more", "say that again", "please repeat"],
    pause: ["stop", "pause", "wait", "wait a moment", "one moment", "hold on"],
  },
};

/** @typedef {typeof english} Words */

/** @type {Record<string, Words>} */
const LANGUAGES = { en: english };

/**
 * @param {string} language as `en` or `en-GB`
 * @returns {Words} in that language, or in English
 */
export function wordsFor(language) {
  return LANGUAGES[language.toLowerCase().split("-")[0] ?? ""] ?? english;
}
