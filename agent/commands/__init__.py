"""What each command of `visavis` does; `agent.cli` only reads its arguments."""
