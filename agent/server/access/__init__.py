"""Who may come in: origins, tokens, rates, uploads and the load of the machine."""
