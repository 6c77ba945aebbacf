/**
 * The HTTP calls for lessons. Imports the client's errors.
 */

import { SessionError } from "../sdk/errors.js";

/**
 * A lesson in the list.
 * @typedef {object} Card
 * @property {string} id
 * @property {string} title
 * @property {string} subject
 * @property {string} about
 * @property {number} minutes
 * @property {string} language
 * @property {string} persona who gives it
 * @property {string | null} picture its address
 * @property {number} steps how many
 * @property {number} exercises how many
 */

/**
 * @typedef {object} Exercise
 * @property {number} number from 1, through the lesson
 * @property {"choice" | "number" | "text"} kind
 * @property {string} ask HTML
 * @property {string[]} options HTML, of a choice
 * @property {string} unit of a number; empty without one
 * @property {number} tries how often one may answer
 */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {{text: string, letters: number}[]} lines what is said; letters of the step before it
 * @property {{number: number, letters: number}[]} marks likewise
 * @property {number} letters of all that is said
 * @property {string} board HTML; what has `data-mark` appears at that mark
 * @property {Exercise | null} exercise
 */

/** @typedef {Card & {content: Step[]}} Lesson */

/**
 * What an answer is worth.
 * @typedef {object} Judgement
 * @property {"right" | "wrong" | "unit" | "unclear"} verdict
 * @property {boolean} over whether the exercise is
 * @property {string} say what the tutor says to it
 * @property {string} show HTML
 * @property {string | null} solution HTML, once the exercise is over
 */

/**
 * @returns {Promise<Card[]>}
 * @throws {SessionError}
 */
export async function listLessons() {
  const answer = await request("/v1/lessons");
  return /** @type {{lessons: Card[]}} */ (answer).lessons;
}

/**
 * @param {string} id
 * @returns {Promise<Lesson>}
 * @throws {SessionError}
 */
export async function loadLesson(id) {
  return /** @type {Lesson} */ (await request(`/v1/lessons/${encodeURIComponent(id)}`));
}

/**
 * @param {string} lesson
 * @param {number} number of the exercise
 * @param {string} answer
 * @param {number} attempt from 1
 * @returns {Promise<Judgement>}
 * @throws {SessionError}
 */
export async function sendAnswer(lesson, number, answer, attempt) {
  const path = `/v1/lessons/${encodeURIComponent(lesson)}/exercises/${number}`;
  const body = JSON.stringify({ answer, attempt });
  const headers = { "content-type": "application/json" };
  return /** @type {Judgement} */ (await request(path, { method: "POST", headers, body }));
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<unknown>}
 */
async function request(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new SessionError("network", "the server cannot be reached");
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok) return body;
  const { code = "internal", message = "" } = body?.error ?? {};
  throw new SessionError(code, message, { status: answer.status });
}
