"""One conversation: livekit's session joined to a face, a mind, a transport and the ledger."""
