"""Where facts come from: each source hands over bytes as it received them. The only importers of yfinance live here."""
