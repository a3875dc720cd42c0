"""A run, from what is planned to the report of it: plan, order, deadlines, sessions. Shows nothing and judges no line."""
