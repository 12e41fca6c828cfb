"""One duty of the plan from files to outcome: the order of calls through the rooms below; prints nothing."""
