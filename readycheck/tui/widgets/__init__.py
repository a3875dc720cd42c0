"""The parts the screens are made of. Each draws itself line by line and knows nothing of sessions or engines."""
