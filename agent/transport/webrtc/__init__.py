"""WebRTC by aiortc."""
