/** Captions follow the frame on the screen. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CaptionTrack } from "../talk/caption-track.js";

/**
 * @param {string} text
 * @param {number} start pts of the first word; each next one is 5 frames later
 */
const timed = (text, start) =>
  text.split(" ").map((word, index) => ({ text: word, pts: start + 5 * index }));

test("nothing is shown before the first word begins", () => {
  const track = new CaptionTrack();
  track.add(1, timed("Good morning to you", 100));
  assert.equal(track.at(99), null);
  assert.deepEqual(track.at(100), {
    words: ["Good", "morning", "to", "you"],
    spoken: 1,
    sounding: true,
  });
  assert.equal(track.at(112)?.spoken, 3);
});

test("a word sounds until its end, where that is known", () => {
  const track = new CaptionTrack();
  track.add(1, [
    { text: "Hello", pts: 10, end: 18 },
    { text: "there.", pts: 20, end: 31 },
  ]);
  const sounding = [17, 18, 20, 30, 31].map((pts) => track.at(pts)?.sounding);
  assert.deepEqual(sounding, [true, false, true, true, false]);
});

test("the last line lingers, then goes", () => {
  const track = new CaptionTrack();
  track.add(1, timed("Hello there", 10));
  assert.equal(track.at(65)?.spoken, 2);
  assert.equal(track.at(66), null);
});

test("a sentence ends its line", () => {
  const track = new CaptionTrack();
  track.add(1, timed("This sentence is long enough. The next one follows.", 0));
  assert.equal(track.at(20)?.words.join(" "), "This sentence is long enough.");
  assert.equal(track.at(25)?.words.join(" "), "The next one follows.");
});

test("a long line is broken", () => {
  const track = new CaptionTrack();
  track.add(1, timed(Array(40).fill("word").join(" "), 0));
  for (let pts = 0; pts < 200; pts += 1) {
    assert.ok((track.at(pts)?.words.join(" ").length ?? 0) <= 72);
  }
  assert.equal(track.at(195)?.spoken, track.at(195)?.words.length);
});

test("clauses that arrive one by one continue the line", () => {
  const track = new CaptionTrack();
  track.add(1, timed("First this,", 0));
  track.add(1, timed("then that.", 10));
  assert.equal(track.at(0)?.words.length, 4);
});

test("an interruption takes away what is not said any more", () => {
  const track = new CaptionTrack();
  track.add(1, timed("One two three four five six", 0));
  assert.equal(track.at(11)?.spoken, 3);
  track.cut(1, 11);
  assert.deepEqual(track.at(30), { words: ["One", "two", "three"], spoken: 3, sounding: true });
});
