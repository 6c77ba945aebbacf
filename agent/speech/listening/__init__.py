"""Where the microphone becomes text: sound in, transcripts and turns out."""
