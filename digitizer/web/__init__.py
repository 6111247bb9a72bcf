"""The web application: each route parses, calls one service, and shows what came of it."""
