"""What the roll-up asks of the store: one module for each kind of fact. All read, none writes."""
