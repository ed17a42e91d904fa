"""`winback check`: what lies in the landing folder, and what would become of it."""
