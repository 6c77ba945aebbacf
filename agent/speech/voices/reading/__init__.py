"""How written text is said: numbers, dates, times, money, units, addresses, code."""
